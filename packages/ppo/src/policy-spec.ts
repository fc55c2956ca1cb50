import type { VectorEnv } from '@understudy/gym';
import { choiceCount, type PolicySpec } from '@understudy/training';
import type { PpoConfig } from './config.ts';

/** What the policy for an environment is made of. */
export function createPolicySpec(config: PpoConfig, env: VectorEnv): PolicySpec {
  const discrete = env.singleActionSpace.kind === 'discrete';
  return {
    algorithm: 'ppo',
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
