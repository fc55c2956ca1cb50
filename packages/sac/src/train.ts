import { makeVector } from '@understudy/gym';
import {
  type EnvironmentHooks,
  finiteActionBounds,
  OffPolicyLearner,
  runTraining,
  type TrainingResult,
} from '@understudy/training';
import { SacAgent } from './agent.ts';
import { resolveSacConfig, type SacConfig, type SacOptions } from './config.ts';
import type { CreateSacUpdate } from './update.ts';

/**
 * Trains a policy by soft actor-critic.
 *
 * The same configuration on the same engine gives the same policy, byte for byte, also when the training was stopped or killed in between
 * and resumed.
 *
 * @param options - The environment, and whatever differs from the defaults of {@link SacConfig}.
 * @param hooks - Where to write, whom to tell, when to stop.
 * @throws InputError when an option is wrong, the environment doesn't fit, or the run directory can't be used.
 */
export async function train(options: SacOptions, hooks: EnvironmentHooks = {}): Promise<TrainingResult> {
  const config = resolveSacConfig(options);
  const { environment, environmentOptions, envs, workers } = config;
  const vectorOptions = { count: envs, workers, autoresetMode: 'same-step', options: environmentOptions } as const;
  const env = await (hooks.makeVectorEnv?.() ?? makeVector(environment, vectorOptions));
  let agent: SacAgent | undefined;
  try {
    const bounds = finiteActionBounds(env.singleActionSpace, 'SAC');
    agent = new SacAgent(config, env, bounds, await loadUpdate(config));
    return await runTraining(new OffPolicyLearner({ config, env, bounds, agent }), {
      identity: { algorithm: 'sac', environment, seed: config.seed, config },
      hooks,
      checkpointEvery: config.checkpointEvery,
      keepCheckpoints: config.keepCheckpoints,
    });
  } finally {
    agent?.dispose();
    env.close();
  }
}

/** The tensor engine's update, or undefined for the kernels, which an agent has without loading anything. */
async function loadUpdate(config: SacConfig): Promise<CreateSacUpdate | undefined> {
  if (config.engine === 'kernels') return undefined;
  const { loadTensorUpdate } = await import('./tensor-update.ts');
  return loadTensorUpdate(config);
}
