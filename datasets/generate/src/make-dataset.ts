import { readdirSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { D4rlWriter } from '@understudy/d4rl';
import { InputError } from '@understudy/errors';
import { defaultRng, SeedSequence } from '@understudy/random';
import { createDirectory } from '@understudy/training';
import { finishedRecipe, hashOf, type RecipeFile, writeRecipeFile } from './recipe-file.ts';
import { ReturnCounter, type ReturnDistribution } from './return-distribution.ts';
import type { SegmentRows, SegmentSource } from './segment.ts';
import { SegmentStore } from './segment-store.ts';

/** Arguments of {@link makeDataset}. */
export interface MakeDatasetOptions {
  /** The recipe's name. */
  readonly name: string;
  /** The D4RL file to write; how it was made goes into `FILE.recipe.json` beside it. */
  readonly file: string;
  /** Keeps the pieces, under the file's name, until it is whole; default `FILE.making` beside it. */
  readonly directory?: string;
  readonly seed: number;
  /** Rows of the file; the last episode is cut where they end. Undefined takes the first piece, whole. */
  readonly transitions?: number;
  /** How the recipe was varied: part of what the bytes depend on. Plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of the file, beside the recipe's name and seed. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  onProgress?(rows: number): void;
  readonly signal?: AbortSignal;
}

/** Raised when the same recipe would give other bytes. */
const recipeVersion = 1;

/** Where pieces are kept: `maze.making` for `maze.hdf5`. */
export function makingDirectory(file: string): string {
  return `${file.replace(/\.(hdf5|h5|safetensors)$/i, '')}.making`;
}

/**
 * Makes a dataset piece by piece and writes it as a D4RL file. Same recipe, seed, options, versions: same bytes, however
 * often the process was stopped or killed in between; a call whose file is there and whole does nothing.
 *
 * @returns What the file beside the dataset says; undefined when the signal ended the making early.
 * @throws InputError when an option is out of range or a file can't be written.
 */
export async function makeDataset(source: SegmentSource, options: MakeDatasetOptions): Promise<RecipeFile | undefined> {
  const { name, file, seed, transitions } = options;
  if (transitions !== undefined) checkCount('transitions', transitions, 1);
  checkCount('seed', seed, 0);
  const recipe = { recipeVersion, name, seed, options: options.options };
  const identity = hashOf({ ...recipe, transitions: transitions ?? 'first piece', metadata: options.metadata });
  const finished = await finishedRecipe(file, identity);
  if (finished) return finished;
  const directory = options.directory ?? makingDirectory(file);
  createDirectory(directory);
  const store = new SegmentStore(join(directory, `${basename(file)}.pieces`), hashOf(recipe));
  if (!(await makeSegments(source, store, options))) return undefined;
  const written = writeSegments(source, store, options);
  const made = await writeRecipeFile(file, { name, seed, options: { ...options.options }, ...written, identity });
  store.clear();
  if (readdirSync(directory).length === 0) rmdirSync(directory);
  return made;
}

/** @returns Whether there are pieces enough. */
async function makeSegments(
  source: SegmentSource,
  store: SegmentStore,
  { seed, transitions = 1, onProgress, signal }: MakeDatasetOptions,
): Promise<boolean> {
  let rows = 0;
  for (let index = 0; rows < transitions; index++) {
    if (index < store.count) {
      rows += store.read(index, source).rewards.length;
      onProgress?.(Math.min(rows, transitions));
      continue;
    }
    const before = rows;
    const tick = async (made: number) => {
      onProgress?.(Math.min(before + made, transitions));
      // A macrotask, so that signals and other work get their turn.
      await new Promise((resolve) => setImmediate(resolve));
      return !signal?.aborted;
    };
    const segment = signal?.aborted
      ? undefined
      : await source.segment(index, defaultRng(new SeedSequence(seed, { spawnKey: [index] })), tick);
    if (!segment) return false;
    store.add(segment);
    rows += segment.rewards.length;
    onProgress?.(Math.min(rows, transitions));
  }
  return true;
}

function writeSegments(
  source: SegmentSource,
  store: SegmentStore,
  { name, file, seed, transitions = store.read(0, source).rewards.length, metadata }: MakeDatasetOptions,
): { transitions: number; returns: ReturnDistribution | undefined } {
  const { observationSize, actionSize, nextObservations, infos } = source;
  const returns = new ReturnCounter();
  const writer = new D4rlWriter(file, {
    observationSize,
    actionSize,
    nextObservations,
    infos,
    metadata: { ...metadata, recipe: name, seed },
  });
  try {
    for (let index = 0; writer.transitions < transitions; index++) {
      const rows = firstRows(store.read(index, source), transitions - writer.transitions);
      writer.append(rows);
      const { rewards, terminals, timeouts } = rows;
      for (let i = 0; i < rewards.length; i++) returns.add(rewards[i], terminals[i] === 1 || timeouts[i] === 1);
    }
    writer.close();
  } catch (error) {
    writer.discard();
    throw error;
  }
  return { transitions, returns: returns.distribution() };
}

/** The rows up to a number, as views. */
function firstRows(rows: SegmentRows, count: number): SegmentRows {
  const total = rows.rewards.length;
  if (total <= count) return rows;
  const cut = <T extends { length: number; subarray(start: number, end: number): unknown }>(data: T) =>
    data.subarray(0, (data.length / total) * count) as T;
  return {
    observations: cut(rows.observations),
    actions: cut(rows.actions),
    rewards: cut(rows.rewards),
    terminals: cut(rows.terminals),
    timeouts: cut(rows.timeouts),
    nextObservations: rows.nextObservations && cut(rows.nextObservations),
    infos: Object.fromEntries(Object.entries(rows.infos ?? {}).map(([name, data]) => [name, cut(data)])),
  };
}

/** @throws InputError unless it is a whole number of at least `least`. */
export function checkCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`${name} is ${value}, so give a whole number of at least ${least}.`);
}
