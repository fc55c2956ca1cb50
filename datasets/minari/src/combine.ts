import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import type { MinariFile } from './minari-file.ts';
import type { MinariWriter, MinariWriterOptions } from './minari-writer.ts';
import { formatPythonJson, type PythonJson, parsePythonJson } from './python-json.ts';
import { formatSpace } from './space-json.ts';

/** Episodes of one dataset by number. */
export interface EpisodeSelection {
  readonly file: MinariFile;
  /** Default all, in order. */
  readonly episodes?: ArrayLike<number>;
}

/**
 * What a dataset made of others says of itself, as Minari's `combine_datasets`: the same spaces, the environment with
 * the longest time limit (none where one has none), all authors, and the others' ids.
 *
 * @throws InputError when spaces or environments differ.
 */
export function describeCombination(id: string, files: readonly MinariFile[]): MinariWriterOptions {
  if (files.length === 0) throw new InputError('There is nothing to combine, so give at least one dataset.');
  const [first, ...others] = files.map(({ metadata }) => metadata);
  for (const other of others) {
    for (const name of ['observationSpace', 'actionSpace'] as const) {
      if (formatSpace(first[name]) !== formatSpace(other[name])) {
        const what = name === 'actionSpace' ? 'action' : 'observation';
        throw new InputError(`${first.id} and ${other.id} have different ${what} spaces, so combine others.`);
      }
    }
  }
  const { observationSpace, actionSpace, other } = first;
  const authors = files.flatMap(({ metadata }) => metadata.other.author ?? []) as string[];
  return {
    id,
    observationSpace,
    actionSpace,
    envSpec: combineEnvSpecs(files),
    other: {
      ...other,
      ...(authors.length > 0 ? { author: [...new Set(authors)] } : {}),
      combined_datasets: files.map(({ metadata }) => metadata.id),
    },
  };
}

/** Copies episodes; they get the next numbers. The writer is closed by the caller. */
export function copyEpisodes(selections: readonly EpisodeSelection[], writer: MinariWriter): void {
  for (const { file, episodes } of selections) {
    const ids = episodes === undefined ? undefined : Array.from(episodes);
    for (const episode of file.episodes(ids)) writer.append(episode);
  }
}

/**
 * Draws the episodes of datasets of the given sizes without drawing one twice, as Minari's `split_dataset` with the
 * same seed.
 *
 * @returns Episode numbers, one array a size.
 * @throws InputError when the sizes are no whole numbers of at least 1 or exceed the dataset.
 */
export function splitEpisodes(totalEpisodes: number, sizes: readonly number[], seed: number): Int32Array[] {
  const wrong = sizes.find((size) => !Number.isSafeInteger(size) || size < 1);
  if (wrong !== undefined || sizes.length === 0) {
    throw new InputError(`The sizes are ${sizes.join(', ')}, so give whole numbers of at least 1.`);
  }
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (sum > totalEpisodes) {
    throw new InputError(`The sizes add up to ${sum} of ${totalEpisodes} episodes, so give smaller ones.`);
  }
  const order = defaultRng(seed).permutation(totalEpisodes);
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return order.slice(start - size, start);
  });
}

function combineEnvSpecs(files: readonly MinariFile[]): string | undefined {
  const specs = files.map(({ metadata }) => {
    if (metadata.envSpec === undefined) return undefined;
    return parsePythonJson(metadata.envSpec, `The environment of ${metadata.id}`) as Record<string, PythonJson>;
  });
  const [first] = specs;
  if (first === undefined || specs.includes(undefined)) {
    if (specs.every((spec) => spec === undefined)) return undefined;
    throw new InputError('Only some of the datasets name their environment, so combine others.');
  }
  const limits = specs.map((spec) => spec?.max_episode_steps);
  const limit = limits.every((steps) => typeof steps === 'number') ? Math.max(...(limits as number[])) : null;
  const texts = specs.map((spec) => formatPythonJson({ ...spec, max_episode_steps: limit }));
  const different = texts.findIndex((text) => text !== texts[0]);
  if (different > 0) {
    const [a, b] = [files[0].metadata.id, files[different].metadata.id];
    throw new InputError(`${a} and ${b} are of different environments, so combine others.`);
  }
  return limits.every((steps) => steps === limits[0]) ? files[0].metadata.envSpec : texts[0];
}
