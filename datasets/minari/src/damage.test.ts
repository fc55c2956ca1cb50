import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isInputError } from '@understudy/errors';
import { defaultRng, type Generator } from '@understudy/random';
import { expect, test } from 'vitest';
import type { MinariEpisode } from './episode.ts';
import { createMinari, minariPath } from './local.ts';
import { openMinari } from './minari-file.ts';
import type { NewEpisode } from './minari-writer.ts';
import type { MinariSpace } from './space-json.ts';
import { actionSpace, nestedEpisode, nestedSpace } from './testing/episodes.ts';
import { scratchDirectory } from './testing/scratch.ts';

const plainSpace: MinariSpace = { type: 'Box', dtype: 'float64', shape: [2], low: 0, high: 1 };

/** As most datasets are: arrays of numbers alone. */
function plainEpisode(steps: number, seed: number): NewEpisode {
  const { options, ...episode } = nestedEpisode(steps, seed);
  const data = Float64Array.from({ length: 2 * steps + 2 }, (_, i) => seed + i / 4);
  return { ...episode, observations: { data, shape: [steps + 1, 2], dtype: 'float64' } };
}

/** Changes a file as a bad disk, a bad transfer or somebody hostile would. */
function mutate(whole: Buffer, generator: Generator): Buffer {
  const bytes = Buffer.from(whole);
  const any = (limit: number) => generator.integers(limit);
  const kind = any(4);
  if (kind === 0) return bytes.subarray(0, any(bytes.length));
  if (kind === 1) {
    // Sizes and addresses are eight bytes; the extremes are the most telling.
    const values = [0n, 1n, 0xffff_ffffn, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n];
    bytes.writeBigUInt64LE(values[any(values.length)], 8 * any(Math.floor(bytes.length / 8)));
    return bytes;
  }
  const count = kind === 2 ? 1 : 1 + any(12);
  for (let i = 0; i < count; i++) bytes[any(bytes.length)] = any(256);
  return bytes;
}

/** All episodes, or the sentence that refuses them. Anything else that is thrown is a fault of the reader. */
async function readEverything(path: string): Promise<MinariEpisode[] | string> {
  try {
    const file = await openMinari(path);
    try {
      return [...file.episodes()];
    } finally {
      file.close();
    }
  } catch (error) {
    if (!isInputError(error)) throw error;
    return error.message;
  }
}

// Texts are read by libhdf5 in a thread, which takes longer.
test.each([
  { name: 'numbers alone', space: plainSpace, make: plainEpisode, count: 900 },
  { name: 'nested spaces and texts', space: nestedSpace, make: nestedEpisode, count: 100 },
])(
  '$count damaged files of $name: a sentence each, or data, and memory stays',
  async ({ space, make, count }) => {
    const root = scratchDirectory();
    const writer = createMinari({ id: 'x-v0', observationSpace: space, actionSpace }, root);
    for (const steps of [3, 1]) writer.append(make(steps, steps));
    writer.close();
    const path = minariPath('x-v0', root);
    const target = join(path, 'data', 'main_data.hdf5');
    const whole = readFileSync(target);
    const content = await readEverything(path);
    const generator = defaultRng(6);
    const outcomes = { refused: 0, same: 0, changed: 0 };
    const before = process.memoryUsage.rss();
    for (let i = 0; i < count; i++) {
      writeFileSync(target, mutate(whole, generator));
      const damaged = await readEverything(path);
      if (typeof damaged === 'string') {
        expect(damaged).toMatch(/main_data\.hdf5.*, so [^,]*\.$/);
        outcomes.refused++;
      } else outcomes[isDeepStrictEqual(damaged, content) ? 'same' : 'changed']++;
    }
    expect(outcomes.refused).toBeGreaterThan(count / 4);
    expect(outcomes.same).toBeGreaterThan(count / 8);
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 28);
  },
  60_000,
);
