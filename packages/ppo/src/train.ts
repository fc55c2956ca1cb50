import { makeVector } from '@understudy/gym';
import { type EnvironmentHooks, runTraining, type TrainingResult } from '@understudy/training';
import { type PpoOptions, resolvePpoConfig } from './config.ts';
import { PpoLearner } from './learner.ts';

/**
 * Trains a policy by proximal policy optimisation.
 *
 * The same configuration gives the same policy, byte for byte, also when the training was stopped or killed in between
 * and resumed.
 *
 * @param options - The environment, and whatever differs from the defaults of {@link PpoConfig}.
 * @param hooks - Where to write, whom to tell, when to stop.
 * @throws InputError when an option is wrong, the environment doesn't fit, or the run directory can't be used.
 */
export async function train(options: PpoOptions, hooks: EnvironmentHooks = {}): Promise<TrainingResult> {
  const config = resolvePpoConfig(options);
  const { environment, environmentOptions, envs, workers } = config;
  const vectorOptions = { count: envs, workers, autoresetMode: 'same-step', options: environmentOptions } as const;
  const env = await (hooks.makeVectorEnv?.() ?? makeVector(environment, vectorOptions));
  try {
    return await runTraining(new PpoLearner(config, env), {
      identity: { algorithm: 'ppo', environment, seed: config.seed, config },
      hooks,
      checkpointEvery: config.checkpointEvery,
      keepCheckpoints: config.keepCheckpoints,
    });
  } finally {
    env.close();
  }
}
