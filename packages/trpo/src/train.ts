import { makeVector } from '@understudy/gym';
import { type EnvironmentHooks, runTraining, type TrainingResult } from '@understudy/training';
import { resolveTrpoConfig, type TrpoConfig, type TrpoOptions } from './config.ts';
import { TrpoLearner } from './learner.ts';
import type { CreateTrpoUpdate } from './update.ts';

/**
 * Trains a policy by trust region policy optimisation.
 *
 * The same configuration on the same engine gives the same policy, byte for byte, also when the training was stopped or killed in between
 * and resumed.
 *
 * @param options - The environment, and whatever differs from the defaults of {@link TrpoConfig}.
 * @param hooks - Where to write, whom to tell, when to stop.
 * @throws InputError when an option is wrong, the environment doesn't fit or gives NaN, or the run directory can't be used.
 */
export async function train(options: TrpoOptions, hooks: EnvironmentHooks = {}): Promise<TrainingResult> {
  const config = resolveTrpoConfig(options);
  const { environment, environmentOptions, envs, workers } = config;
  const vectorOptions = { count: envs, workers, autoresetMode: 'same-step', options: environmentOptions } as const;
  const env = await (hooks.makeVectorEnv?.() ?? makeVector(environment, vectorOptions));
  let learner: TrpoLearner | undefined;
  try {
    learner = new TrpoLearner(config, env, await loadUpdate(config));
    return await runTraining(learner, {
      identity: { algorithm: 'trpo', environment, seed: config.seed, config },
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
async function loadUpdate(config: TrpoConfig): Promise<CreateTrpoUpdate | undefined> {
  if (config.engine === 'kernels') return undefined;
  const { loadTensorUpdate } = await import('./tensor-update.ts');
  return loadTensorUpdate(config);
}
