export { embeddedPolicy, readEmbeddedPolicy } from './embedded-policy.ts';
export type { EpisodeRecord } from './episode-store.ts';
export { conditionedExpert, type Expert, type ExpertSource, type Moment, policyExpert } from './expert.ts';
export { type MakeExpertDataOptions, makeExpertData, workDirectory } from './make-expert-data.ts';
export { checkModes, modeLabel, type PlannedEpisode, planEpisodes } from './mode-choice.ts';
export { ModeInObservation, modeCodeSize, writeModeCode } from './mode-code.ts';
export { type ModesFile, modesPath, readModes } from './modes-file.ts';
export {
  expertOfPolicy,
  hasStoredPolicies,
  type OpenPoliciesOptions,
  openPolicies,
  savePolicies,
  storedPolicies,
  type TaskSizes,
} from './policy-files.ts';
export type { Amount } from './record-demonstrations.ts';
export { type ExpertSummary, type ReturnSummary, summarizeEpisodes } from './summary.ts';
export type * from './task.ts';
export { expertTask, expertTasks } from './tasks.ts';
export {
  type ExpertLearner,
  type MakeEnvironment,
  type TrainExpertsOptions,
  type TrainedExpert,
  trainExperts,
  trainedSteps,
} from './train-experts.ts';
