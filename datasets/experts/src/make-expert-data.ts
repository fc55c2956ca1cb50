import { createHash } from 'node:crypto';
import { readdirSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '@understudy/errors';
import { type AnyEnv, actionSizeOf, createDirectory } from '@understudy/training';
import { EpisodeStore } from './episode-store.ts';
import type { ExpertSource } from './expert.ts';
import { checkModes, planEpisodes } from './mode-choice.ts';
import { finishedModes, hashFile, type ModesFile, writeModes } from './modes-file.ts';
import { type Amount, recordDemonstrations } from './record-demonstrations.ts';
import type { ExpertTask } from './task.ts';
import { writeDemonstrations } from './write-demonstrations.ts';

/** Arguments of {@link makeExpertData}. */
export interface MakeExpertDataOptions {
  /** The D4RL file to write; its modes go into `NAME.modes.json` beside it. */
  readonly file: string;
  /** Keeps what a recording under way has, under the file's name, so that several may share it; see {@link workDirectory}. */
  readonly directory: string;
  readonly amount: Amount;
  /** Default all that the source has experts for. */
  readonly modes?: readonly number[];
  /** Of everything random. */
  readonly seed: number;
  /** Take the mode of a policy's distribution; default true. */
  readonly deterministic?: boolean;
  /** Of all columns but the flags; default float32. */
  readonly precision?: 'float32' | 'float64';
  /** Called after every episode. */
  onProgress?(done: { episodes: number; transitions: number }): void;
  readonly signal?: AbortSignal;
}

/** Where trainings and recordings under way are kept: beside the dataset, `demos.expert` for `demos.hdf5`. */
export function workDirectory(file: string): string {
  return `${file.replace(/\.(hdf5|h5)$/i, '')}.expert`;
}

/**
 * Records experts in an environment and writes a D4RL dataset in which nothing tells the modes, and the modes beside it.
 *
 * The same experts, options and versions give the same bytes, however often the process was stopped or killed in
 * between; a call whose file is there and whole does nothing.
 *
 * @param env - Made with the task's options and no mode; stays open.
 * @returns What the file of modes says; undefined when the signal ended the recording early.
 * @throws InputError when an option is wrong, an expert doesn't fit, or a file can't be written.
 */
export async function makeExpertData(
  task: ExpertTask,
  env: AnyEnv,
  source: ExpertSource,
  options: MakeExpertDataOptions,
): Promise<ModesFile | undefined> {
  const { file, directory, amount, seed, signal, onProgress, deterministic = true, precision = 'float32' } = options;
  checkAmount(amount);
  const modes = checkModes(task, options.modes ?? source.modes);
  const { algorithm, fingerprints } = describeExperts(source, modes, task, seed);
  const { environmentOptions } = task;
  const recorded = { id: task.id, environmentOptions, modes, seed, deterministic, precision, fingerprints };
  const identity = hashOf({ ...recorded, amount });
  const finished = await finishedModes(file, identity);
  if (finished) return finished;
  createDirectory(directory);
  const store = new EpisodeStore(join(directory, `${basename(file)}.episodes`), hashOf(recorded));
  const recording = { amount, modes, seed, deterministic, precision, signal, onProgress };
  if (!(await recordDemonstrations(task, env, source, store, recording))) return undefined;
  const { episodes, transitions } = writeDemonstrations(file, store, {
    observationSize: env.observationSpace.flatSize,
    actionSize: actionSizeOf(env.actionSpace),
    amount,
    precision,
    metadata: { algorithm, environment: task.id, seed, deterministic },
  });
  const whole: ModesFile = {
    format: 'understudy-modes',
    version: 1,
    environment: task.id,
    source: source.name,
    algorithm,
    labels: task.modes.kind === 'discrete' ? [...task.modes.labels] : [],
    episodes,
    transitions,
    identity,
    sha256: await hashFile(file),
  };
  writeModes(file, whole);
  store.clear();
  if (readdirSync(directory).length === 0) rmdirSync(directory);
  return whole;
}

/** What the recording depends on of its experts: each of the modes that can be counted, or that of the first episode. */
function describeExperts(source: ExpertSource, modes: readonly number[] | undefined, task: ExpertTask, seed: number) {
  const some = modes ?? [planEpisodes(task.modes, modes, seed).next().value.mode];
  const experts = some.map((mode) => source.expertOf(mode));
  const fingerprints = [...new Set(experts.map(({ fingerprint }) => fingerprint))];
  return { algorithm: experts[0].algorithm, fingerprints };
}

function checkAmount({ unit, count }: Amount): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new InputError(`${count} ${unit} were asked for, but it has to be a whole number of at least 1.`);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
