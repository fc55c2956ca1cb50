import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isInputError } from '@understudy/errors';
import { defaultRng, type Generator } from '@understudy/random';
import { expect, test } from 'vitest';
import { fixture, scratchDirectory } from '../testing/scratch.ts';
import { LibraryThread } from './library-thread.ts';
import { Hdf5File } from './reader.ts';

type Content = Map<string, unknown>;

/** Everything in a file, or the sentence that refuses it. Anything else that is thrown is a fault of the reader. */
async function readEverything(path: string, patience: number): Promise<Content | string> {
  try {
    const file = await Hdf5File.open(path, { patience });
    try {
      const content = [...file.datasets.values()].map(({ path: name, dtype, shape }): [string, unknown] => {
        if (dtype === 'other') return [name, shape];
        return [name, dtype === 'string' ? file.readStrings(name) : file.readAll(name)];
      });
      return new Map(content);
    } finally {
      file.close();
    }
  } catch (error) {
    if (!isInputError(error)) throw error;
    return error.message;
  }
}

/** What libhdf5 makes of a dataset, or undefined where it refuses. */
function readInLibrary(path: string, name: string): unknown {
  try {
    const { thread, file, datasets } = LibraryThread.current.open(path, false, 5);
    try {
      // A damaged name can be no UTF-8, and is then given otherwise.
      if (!datasets.some((dataset) => dataset.path === name)) return undefined;
      return thread.call(path, file, 'readAll', [name], 5);
    } finally {
      thread.close(path, file, 5);
    }
  } catch (error) {
    if (!isInputError(error)) throw error;
    return undefined;
  }
}

/** Changes a file as a bad disk, a bad transfer or somebody hostile would. */
function mutate(whole: Buffer, generator: Generator): Buffer {
  const bytes = Buffer.from(whole);
  const any = (limit: number) => generator.integers(limit);
  const kind = any(5);
  if (kind === 0) return bytes.subarray(0, any(bytes.length));
  if (kind === 1) {
    const from = any(bytes.length);
    bytes.copy(bytes, any(bytes.length), from, Math.min(bytes.length, from + 64));
  } else if (kind === 2) {
    // Sizes and addresses are eight bytes; the extremes are the most telling.
    const values = [0n, 1n, 0xffff_ffffn, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n];
    bytes.writeBigUInt64LE(values[any(values.length)], 8 * any(Math.floor(bytes.length / 8)));
  } else {
    const count = kind === 3 ? 1 : 1 + any(20);
    for (let i = 0; i < count; i++) bytes[any(bytes.length)] = any(256);
  }
  return bytes;
}

// What is read here alone, and what goes to libhdf5.
const files = ['bool-enums', 'layouts', 'replay-float64', 'no-timeouts', 'unusual', 'unusual-latest', 'latest-format'];

test('1,000 damaged files: a sentence each, or data; nothing else is thrown, nothing hangs, memory stays', async () => {
  const path = join(scratchDirectory(), 'damaged.hdf5');
  const generator = defaultRng(11);
  const outcomes = { refused: 0, same: 0, changed: 0 };
  const wholes = files.map((name) => readFileSync(fixture(`${name}.hdf5`)));
  const contents = await Promise.all(files.map((name) => readEverything(fixture(`${name}.hdf5`), 30)));
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 1000; i++) {
    const which = i % files.length;
    writeFileSync(path, mutate(wholes[which], generator));
    const content = await readEverything(path, 5);
    if (typeof content === 'string') {
      expect(content).toMatch(/damaged\.hdf5.*, so [^,]*\.$/);
      outcomes.refused++;
    } else if (isDeepStrictEqual(content, contents[which])) outcomes.same++;
    else {
      outcomes.changed++;
      checkAgainstLibrary(path, content, contents[which] as Content);
    }
  }
  expect(outcomes.refused).toBeGreaterThan(300);
  expect(outcomes.same).toBeGreaterThan(200);
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 29);
}, 120_000);

/** Data without a checksum can change unnoticed in any reader: then libhdf5 has to see the same, or refuse. */
function checkAgainstLibrary(path: string, content: Content, whole: Content): void {
  for (const [name, data] of content) {
    if (!ArrayBuffer.isView(data) || isDeepStrictEqual(data, whole.get(name))) continue;
    expect([data, undefined]).toContainEqual(readInLibrary(path, name));
  }
}
