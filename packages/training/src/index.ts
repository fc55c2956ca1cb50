export type { AdvantageInputs, AdvantageOutputs } from './advantages.ts';
export { computeAdvantages } from './advantages.ts';
export { writeFileAtomically } from './atomic-file.ts';
export type { Checkpoint } from './checkpoint.ts';
export { parseState, takeFloat32, takeFloat64 } from './checkpoint.ts';
export { checkpointFields, engineFields, environmentFields, networkFields, withDefault } from './config-fields.ts';
export { type ConfigSetting, listSettings } from './config-settings.ts';
export { createDirectory } from './create-directory.ts';
export type * from './dataset.ts';
export { EpisodeStatistics } from './episode-statistics.ts';
export type { Evaluation, EvaluationOptions, EvaluationStep } from './evaluate.ts';
export { evaluatePolicy, summarizeReturns } from './evaluate.ts';
export { type Pause, pauseEvery, yieldToEvents } from './event-loop.ts';
export type { ActionBounds, AnyEnv } from './flat-env.ts';
export { actionBounds, actionSizeOf, choiceCount } from './flat-env.ts';
export type * from './hooks.ts';
export type { Metrics } from './metrics-file.ts';
export type { PolicyParts, PolicySpec } from './network-policy.ts';
export {
  clampLogDeviations,
  NetworkPolicy,
  policyFromTensors,
  policyTensorShapes,
  policyTensors,
  squashedLogDeviationRange,
} from './network-policy.ts';
export { ObservationNormalizer } from './observation-normalizer.ts';
export * from './off-policy/index.ts';
export * from './on-policy/index.ts';
export { parseConfig } from './parse-config.ts';
export type * from './policy.ts';
export type { LoadPolicyOptions } from './policy-file.ts';
export { loadPolicy, savePolicy } from './policy-file.ts';
export type { RandomPolicyOptions } from './random-policy.ts';
export { createRandomPolicy } from './random-policy.ts';
export type { Recording, RecordingOptions } from './record.ts';
export { recordEpisodes } from './record.ts';
export { RewardNormalizer } from './reward-normalizer.ts';
export type { Actor, AwaitableActor, Rollout, RolloutOptions } from './rollout.ts';
export { RolloutCollector } from './rollout.ts';
export type { RunIdentity } from './run-directory.ts';
export { RunDirectory } from './run-directory.ts';
export type { RunConfig, RunSummary } from './run-files.ts';
export { listCheckpoints, readRunConfig, readRunMetrics, readRunSummary, runPaths } from './run-files.ts';
export type { Learner, RunTrainingOptions } from './run-training.ts';
export { runTraining } from './run-training.ts';
export { actionGenerator, spawnGenerators } from './seeding.ts';
export * from './shards/index.ts';
