import { makeVector } from '@understudy/gym';
import { type EnvironmentHooks, runTraining, type TrainingResult } from '@understudy/training';
import { type PpoConfig, type PpoOptions, resolvePpoConfig } from './config.ts';
import { PpoLearner } from './learner.ts';
import type { CreatePpoUpdate } from './update.ts';

/**
 * Trains a policy by proximal policy optimisation.
 *
 * The same configuration on the same engine gives the same policy, byte for byte, also when the training was stopped or killed in between
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
  let learner: PpoLearner | undefined;
  try {
    learner = new PpoLearner(config, env, await loadUpdate(config));
    return await runTraining(learner, {
      identity: { algorithm: 'ppo', environment, seed: config.seed, config },
      hooks,
      checkpointEvery: config.checkpointEvery,
      keepCheckpoints: config.keepCheckpoints,
    });
  } finally {
    learner?.dispose();
    env.close();
  }
}

/** The tensor engine's update, or undefined for the kernels, which a learner has without loading anything. */
async function loadUpdate(config: PpoConfig): Promise<CreatePpoUpdate | undefined> {
  if (config.engine === 'kernels') return undefined;
  const { loadTensorUpdate } = await import('./tensor-update.ts');
  return loadTensorUpdate(config);
}
