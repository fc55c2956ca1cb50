export type { RowRange } from './check-episodes.ts';
export { EpisodeSampler, type EpisodeSamplerOptions } from './episode-sampler.ts';
export {
  type GoalStrategy,
  type GoalTransitions,
  type RelabelGoalsOptions,
  type RelabelTask,
  relabelGoals,
} from './goal-relabelling.ts';
export { type QlearningDataset, type QlearningOptions, qlearningDataset } from './qlearning-dataset.ts';
export { delayedRewards, type ReturnsToGoOptions, type RewardSource, returnsToGo } from './returns-to-go.ts';
export { type Sequence, type SequenceOptions, sequenceDataset } from './sequence-dataset.ts';
export {
  type SequenceWindowOptions,
  SequenceWindows,
  type WindowBatch,
  type WindowSource,
} from './sequence-windows.ts';
export { splitAtJumps } from './split-at-jumps.ts';
export { type EpisodeSplit, type SplitEpisodesOptions, splitEpisodes } from './split-episodes.ts';
export {
  fitStandardization,
  Standardization,
  StandardizationFit,
  type StandardizationOptions,
} from './standardization.ts';
export {
  type StateDemonstrationOptions,
  type StateDemonstrations,
  type StateSegments,
  stateDemonstrations,
  stateSegments,
} from './state-demonstrations.ts';
export { type TrajectoryReturnOptions, type TrajectoryReturns, trajectoryReturns } from './trajectory-returns.ts';
