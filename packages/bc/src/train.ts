import { runTraining, type TrainingHooks, type TrainingResult } from '@understudy/training';
import { type BcOptions, resolveBcConfig } from './config.ts';
import { type Demonstrations, digestDemonstrations } from './demonstrations.ts';
import { BcLearner } from './learner.ts';

/**
 * Clones the policy that demonstrations show.
 *
 * The same configuration and demonstrations give the same policy, byte for byte, also when the training was stopped or
 * killed in between and resumed.
 *
 * @param options - The environment, and whatever differs from the defaults of {@link BcConfig}.
 * @param demonstrations - A dataset, or only its observations and actions.
 * @param hooks - Where to write, whom to tell, when to stop.
 * @throws InputError when an option or the demonstrations are wrong, or the run directory can't be used.
 */
export async function train(
  options: BcOptions,
  demonstrations: Demonstrations,
  hooks: TrainingHooks = {},
): Promise<TrainingResult> {
  const config = resolveBcConfig(options);
  const learner = new BcLearner(config, demonstrations);
  const { transitions, observationSize, actionSize } = demonstrations;
  const data = { transitions, observationSize, actionSize, sha256: digestDemonstrations(demonstrations) };
  return runTraining(learner, {
    identity: {
      algorithm: 'bc',
      environment: config.environment,
      seed: config.seed,
      config: { ...config, demonstrations: data },
    },
    hooks,
    checkpointEvery: config.checkpointEvery,
    keepCheckpoints: config.keepCheckpoints,
  });
}
