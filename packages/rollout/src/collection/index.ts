export type { PublishedInference, RolloutLearnerOptions } from './learner-options.ts';
export type { RolloutEvent } from './rollout-events.ts';
export { RolloutLearner } from './rollout-learner.ts';
export { RolloutWorker } from './rollout-worker.ts';
export type { Collecting, ForwardElsewhere, RolloutWorkerOptions, WorkerEvent, WorkerSetup } from './worker-options.ts';
