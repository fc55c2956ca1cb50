export { finiteActionBounds, stretchActions } from './action-scale.ts';
export { ExperienceCollector, type Explorer } from './experience-collector.ts';
export { type GoalTask, goalTaskOf } from './goal-task.ts';
export { HindsightReplayBuffer, type HindsightReplayOptions } from './hindsight-replay-buffer.ts';
export { type OffPolicyConfig, offPolicyFields } from './off-policy-config.ts';
export { type OffPolicyAgent, OffPolicyLearner, type OffPolicyOptions } from './off-policy-learner.ts';
export { ReplayBuffer, type ReplayBufferOptions, type TransitionRows } from './replay-buffer.ts';
export { createTransitionBatch, type TransitionBatch } from './transition-batch.ts';
export { createTwinCritics, criticLoss, joinRows, type TwinCritics, withoutPrefix } from './twin-critics.ts';
