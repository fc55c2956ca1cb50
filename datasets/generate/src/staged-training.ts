import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import type { ExpertLearner } from '@understudy/experts';
import { createDirectory, readRunSummary, runPaths, type TrainingProgress } from '@understudy/training';

/** Arguments of {@link trainInStages}. */
export interface StagedTrainingOptions {
  /** Takes the run (`run/`) and what is kept of it on the way. */
  readonly directory: string;
  readonly environment: string;
  readonly seed: number;
  readonly learner: ExpertLearner;
  /** Of the whole training; over the learner's defaults. */
  readonly settings: Readonly<Record<string, unknown>> & { readonly totalSteps: number };
  /** Where the training pauses and its policy is kept under the name `medium`. */
  readonly mediumSteps: number;
  /** How far to train: to the pause, or to the end. */
  readonly until: 'medium' | 'end';
  onProgress?(progress: TrainingProgress): void;
  readonly signal?: AbortSignal;
  readonly versions?: Readonly<Record<string, string>>;
}

/** What a staged training left. */
export interface TrainedStages {
  /** The run directory; its last policy is the expert where the training went to the end. */
  readonly run: string;
  /** A directory with the policy at the pause. */
  readonly medium: string;
  /** Steps at the pause: the first iteration that reached what was asked. */
  readonly mediumSteps: number;
}

/**
 * Trains with a pause in the middle at which the policy is kept. Stopped or killed it goes on where it was; with and
 * without the pause the training ends with the same bytes, as every resumed one does.
 *
 * @returns Undefined when the signal stopped it.
 * @throws InputError when the pause is not within the training, or a setting is wrong.
 */
export async function trainInStages(options: StagedTrainingOptions): Promise<TrainedStages | undefined> {
  const { directory, settings, mediumSteps, until } = options;
  if (!(mediumSteps >= 1 && mediumSteps <= settings.totalSteps)) {
    throw new InputError(
      `mediumSteps is ${mediumSteps}, so give a number from 1 to ${settings.totalSteps}, the whole training.`,
    );
  }
  createDirectory(directory);
  const run = join(directory, 'run');
  const medium = join(directory, `medium-${mediumSteps}`);
  if (!existsSync(runPaths(medium).policy)) {
    checkNotPast(directory, run, mediumSteps);
    if (!(await train(run, mediumSteps, options))) return undefined;
    // Named like a run's own files, so that it is read like a run; the policy last, for it tells that both are there.
    createDirectory(medium);
    keep(runPaths(run).summary, runPaths(medium).summary);
    keep(runPaths(run).policy, runPaths(medium).policy);
  }
  if (until === 'end' && !(await train(run, settings.totalSteps, options))) return undefined;
  return { run, medium, mediumSteps: readRunSummary(medium).steps };
}

/** Trains until so many steps are done. @returns Whether they are. */
async function train(run: string, steps: number, options: StagedTrainingOptions): Promise<boolean> {
  const { learner, environment, seed, settings, onProgress, signal, versions } = options;
  const paused = new AbortController();
  const config = learner.resolve({ ...settings, environment, seed } as { environment: string });
  const { steps: done } = await learner.train(config, {
    runDirectory: run,
    resume: existsSync(runPaths(run).config),
    versions,
    signal: signal ? AbortSignal.any([signal, paused.signal]) : paused.signal,
    onProgress(progress) {
      onProgress?.(progress);
      if (progress.step >= steps) paused.abort();
    },
  });
  return done >= steps;
}

/** @throws InputError when an earlier training with another pause went past this one. */
function checkNotPast(directory: string, run: string, mediumSteps: number): void {
  const others = readdirSync(directory).some((name) => name.startsWith('medium-'));
  if (!others || readRunSummary(run).steps < mediumSteps) return;
  throw new InputError(
    `The training in ${directory} is past step ${mediumSteps} already, so choose another directory or the pause it had.`,
  );
}

/** Copies a file so that it appears whole or not at all. */
function keep(from: string, to: string): void {
  copyFileSync(from, `${to}.partial`);
  renameSync(`${to}.partial`, to);
}
