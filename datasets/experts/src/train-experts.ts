import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import { SyncVectorEnv, type VectorEnv } from '@understudy/gym';
import {
  type AnyEnv,
  type EnvironmentHooks,
  listCheckpoints,
  loadPolicy,
  type NetworkPolicy,
  readRunSummary,
  runPaths,
  type TrainingProgress,
  type TrainingResult,
} from '@understudy/training';
import { ModeInObservation } from './mode-code.ts';
import type { ExpertTask } from './task.ts';

/** A learner from reward, as every algorithm's package has one. */
export interface ExpertLearner {
  /** Fills in the defaults. @throws InputError when a setting is unknown or out of range. */
  resolve(options: { environment: string }): { environment: string; totalSteps: number };
  train(config: { environment: string; totalSteps: number }, hooks: EnvironmentHooks): Promise<TrainingResult>;
}

/** Makes an environment by its id, as `make` of gym does. */
export type MakeEnvironment = (id: string, options: Record<string, unknown>) => Promise<AnyEnv>;

/** Arguments of {@link trainExperts}. */
export interface TrainExpertsOptions {
  /** Modes to train for; undefined where they can't be counted or there are none. */
  readonly modes?: readonly number[];
  readonly seed: number;
  /** Takes a run directory for each training; one that is there is gone on with. */
  readonly directory: string;
  readonly learner: ExpertLearner;
  readonly makeEnvironment: MakeEnvironment;
  /** Over the recipe's own settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Take the policies with the best training return instead of the last. */
  readonly best?: boolean;
  /** Names and versions for `config.json`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Called after every iteration. @param mode - Null where one training serves all. */
  onProgress?(mode: number | null, progress: TrainingProgress): void;
  readonly signal?: AbortSignal;
}

/** One finished training. */
export interface TrainedExpert {
  /** Null where it serves all. */
  readonly mode: number | null;
  readonly policy: NetworkPolicy;
  readonly runDirectory: string;
  readonly algorithm: string;
  readonly steps: number;
  /** Of all processes that trained. */
  readonly seconds: number;
}

/**
 * Trains a task's experts one after the other by its recipe; what earlier calls did for the same directory is not done
 * again, and a training that was stopped or killed goes on with the same result.
 *
 * @returns The experts; undefined when the signal stopped a training.
 * @throws InputError when the task has no recipe, a setting is wrong, or the directory holds trainings of other settings.
 */
export async function trainExperts(
  task: ExpertTask,
  options: TrainExpertsOptions,
): Promise<readonly TrainedExpert[] | undefined> {
  const { modes, directory, signal } = options;
  const { recipe, id } = task;
  if (!recipe) {
    throw new InputError(
      `No settings are known that train an expert of ${id}; give a run, a policy file or a D4RL file.`,
    );
  }
  const together = recipe.conditioned || modes === undefined;
  if (together && !recipe.conditioned && task.modes.kind === 'continuous') {
    throw new InputError(`The recipe of ${id} trains one mode at a time, and its modes can't be counted; name some.`);
  }
  const experts: TrainedExpert[] = [];
  for (const mode of together ? [null] : modes) {
    const runDirectory = join(directory, mode === null ? 'all-modes' : `mode-${mode}`);
    const stopped = signal?.aborted || !(await trainOne(task, mode, runDirectory, options));
    if (stopped) return undefined;
    const policy = await loadPolicy(runDirectory, { which: options.best ? 'best' : 'last' });
    const { algorithm, steps, cost } = readRunSummary(runDirectory);
    experts.push({ mode, policy, runDirectory, algorithm, steps, seconds: cost.seconds });
  }
  return experts;
}

/** Steps that the trainings in a directory have done so far, by mode; for progress that goes on. */
export function trainedSteps(directory: string, mode: number | null): number {
  const runDirectory = join(directory, mode === null ? 'all-modes' : `mode-${mode}`);
  return existsSync(runDirectory) ? (listCheckpoints(runDirectory).at(-1)?.step ?? 0) : 0;
}

/** @returns Whether the training came to its end. */
async function trainOne(
  task: ExpertTask,
  mode: number | null,
  runDirectory: string,
  { learner, seed, settings, makeEnvironment, versions, signal, onProgress }: TrainExpertsOptions,
): Promise<boolean> {
  const { conditioned, settings: recipeSettings } = task.recipe!;
  const environmentOptions = { ...task.environmentOptions, ...(mode !== null && { mode }) };
  const given = { ...recipeSettings, ...settings, environment: task.id, environmentOptions, seed };
  const config = learner.resolve(given);
  const { envs = 1, workers = 0 } = config as { envs?: number; workers?: number };
  if (conditioned && workers > 0) {
    throw new InputError(`The environments of ${task.id} that show the mode step in one thread; set workers to 0.`);
  }
  const { stopped } = await learner.train(config, {
    runDirectory,
    resume: existsSync(runPaths(runDirectory).config),
    versions,
    signal,
    onProgress: (progress) => onProgress?.(mode, progress),
    makeVectorEnv: workers > 0 ? undefined : makeEnvs,
  });
  return !stopped;

  async function makeEnvs(): Promise<VectorEnv> {
    const made = Array.from({ length: envs }, () => makeEnvironment(task.id, environmentOptions));
    const plain = await Promise.all(made);
    const shown = conditioned ? plain.map((env) => new ModeInObservation(env, task.modes)) : plain;
    return new SyncVectorEnv(shown, { autoresetMode: 'same-step' });
  }
}
