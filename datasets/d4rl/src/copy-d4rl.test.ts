import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyD4rl } from './copy-d4rl.ts';
import { readD4rl } from './read-d4rl.ts';
import { fixture, scratchDirectory } from './testing/scratch.ts';
import { writeD4rl } from './write-d4rl.ts';

test.each(['bool-enums', 'replay-float64', 'float-terminals', 'no-timeouts', 'chunked'])(
  'a copy of %s.hdf5 holds the same',
  async (name) => {
    const copy = join(scratchDirectory(), 'copy.hdf5');
    const seen: number[] = [];
    const { transitions, ...content } = await readD4rl(fixture(`${name}.hdf5`));
    expect(await copyD4rl(fixture(`${name}.hdf5`), copy, { onProgress: (rows) => seen.push(rows) })).toBe(transitions);
    expect(seen.at(-1)).toBe(transitions);
    // (N, 1) columns become (N,), which both are read as.
    expect(await readD4rl(copy)).toEqual({ transitions, ...content });
  },
);

test('a copy with a fix holds what reading with the fix gives, and the original stays', async () => {
  const directory = scratchDirectory();
  const [path, copy] = [join(directory, 'maze.hdf5'), join(directory, 'copy.hdf5')];
  const rows = 150_000;
  await writeD4rl(path, {
    observations: Float32Array.from({ length: 4 * rows }, (_, i) => (i % 4 === 0 ? i / 400 : 0)),
    actions: new Float32Array(2 * rows),
    rewards: Float32Array.from({ length: rows }, (_, i) => i),
    terminals: new Uint8Array(rows),
    timeouts: new Uint8Array(rows),
  });
  const before = readFileSync(path);
  await copyD4rl(path, copy, { fixes: ['maze2d-rewards'], compression: 1 });
  const { rewards } = await readD4rl(copy);
  expect(rewards).toEqual(Float32Array.from({ length: rows }, (_, i) => Math.min(i + 1, rows - 1)));
  expect(Buffer.compare(readFileSync(path), before)).toBe(0);
  await expect(copyD4rl(path, path)).rejects.toThrow('is the file that is read, so choose another name');
  expect(statSync(path).size).toBe(before.length);
});

test('nothing is left when the copy fails', async () => {
  const copy = join(scratchDirectory(), 'copy.hdf5');
  await expect(copyD4rl(fixture('bool-enums.hdf5'), copy, { fixes: ['maze2d-rewards'] })).rejects.toThrow(
    'so leave it out',
  );
  expect(existsSync(copy)).toBe(false);
});
