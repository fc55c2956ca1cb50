export { type ActionHead, createActionHead } from './action-head.ts';
export { AdvantageEstimator, explainedVariance, type OnPolicyBatch } from './advantage-estimator.ts';
export { DirectRollouts, type DirectRolloutsOptions, type RolloutSource } from './direct-rollouts.ts';
export { type OnPolicyConfig, onPolicyFields } from './on-policy-config.ts';
export { createOnPolicyScaling, type OnPolicyScaling, onPolicySpec } from './policy-parts.ts';
