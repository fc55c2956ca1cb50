import type { VectorEnv } from '@understudy/gym';
import { type ActionBounds, actionBounds, choiceCount } from '../flat-env.ts';
import type { PolicySpec } from '../network-policy.ts';
import { ObservationNormalizer } from '../observation-normalizer.ts';
import { RewardNormalizer } from '../reward-normalizer.ts';
import type { OnPolicyConfig } from './on-policy-config.ts';

/** What the policy for an environment is made of: a Gaussian for continuous actions, logits for choices. */
export function onPolicySpec(algorithm: string, config: OnPolicyConfig, env: VectorEnv): PolicySpec {
  const discrete = env.singleActionSpace.kind === 'discrete';
  return {
    algorithm,
    environment: config.environment,
    observationSize: env.observationSize,
    actionSize: env.actionSize,
    distribution: discrete ? 'categorical' : 'gaussian',
    outputSize: discrete ? choiceCount(env.singleActionSpace) : env.actionSize,
    hiddenSizes: config.hiddenSizes,
    activation: config.activation,
    observationClip: config.normalizeObservations ? config.observationClip : null,
  };
}

/** What stands between a policy and its environments, as rollouts take it. */
export interface OnPolicyScaling {
  observationNormalizer?: ObservationNormalizer;
  rewardNormalizer?: RewardNormalizer;
  /** Of continuous actions. */
  actionBounds?: ActionBounds;
}

/** Makes it as a configuration asks for. @param count - Environments. */
export function createOnPolicyScaling(config: OnPolicyConfig, env: VectorEnv, count: number): OnPolicyScaling {
  const { gamma, normalizeObservations, normalizeRewards, observationClip, rewardClip } = config;
  return {
    observationNormalizer: normalizeObservations
      ? new ObservationNormalizer(env.observationSize, { clip: observationClip })
      : undefined,
    rewardNormalizer: normalizeRewards ? new RewardNormalizer(count, { gamma, clip: rewardClip }) : undefined,
    actionBounds: env.singleActionSpace.kind === 'discrete' ? undefined : actionBounds(env.singleActionSpace),
  };
}
