import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { openD4rl } from './d4rl-file.ts';
import { Hdf5Writer } from './hdf5/writer.ts';
import { inspectD4rl } from './inspect/inspect-d4rl.ts';
import { readD4rl } from './read-d4rl.ts';
import { fixture, scratchDirectory } from './testing/scratch.ts';

test('float64 replays with (N, 1) columns are squeezed and keep their precision', async () => {
  const dataset = await readD4rl(fixture('replay-float64.hdf5'));
  expect(dataset).toMatchObject({ transitions: 23, observationSize: 3, actionSize: 2, timeoutsStored: true });
  expect(dataset.observations).toBeInstanceOf(Float64Array);
  expect(dataset.rewards).toHaveLength(23);
  expect(dataset.nextObservations).toBeUndefined();
  expect(dataset.metadata).toEqual({ algorithm: 'SAC', iteration: 990 });
  expect(dataset.episodes).toEqual([
    { start: 0, end: 7, complete: true },
    { start: 7, end: 13, complete: true },
    { start: 13, end: 20, complete: true },
    { start: 20, end: 23, complete: false },
  ]);
});

test('infos and nested metadata keep types and shapes', async () => {
  const dataset = await readD4rl(fixture('bool-enums.hdf5'));
  expect(Object.keys(dataset.infos).sort()).toEqual(['action_log_probs', 'qpos']);
  expect(dataset.infos.qpos).toEqual({ data: Float64Array.from({ length: 80 }, (_, i) => i), shape: [20, 4] });
  expect(dataset.nextObservations).toHaveLength(60);
  expect(dataset.metadata).toEqual({
    policy: { fc0: { weight: { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [3, 2] } }, nonlinearity: 'relu' },
  });
  expect((await readD4rl(fixture('bool-enums.hdf5'), { infos: false })).infos).toEqual({});
});

test('without timeouts episodes end at terminals, or after maxEpisodeSteps', async () => {
  const path = fixture('no-timeouts.hdf5');
  const ends = async (maxEpisodeSteps?: number) =>
    (await readD4rl(path, { maxEpisodeSteps })).episodes.map(({ end, complete }) => (complete ? end : -end));
  expect(await ends()).toEqual([8, 16, 17, -24]);
  expect(await ends(5)).toEqual([5, 8, 13, 16, 17, 22, -24]);
  const dataset = await readD4rl(path, { maxEpisodeSteps: 5 });
  expect(dataset.timeoutsStored).toBe(false);
  expect([...dataset.timeouts.keys()].filter((i) => dataset.timeouts[i] === 1)).toEqual([4, 12, 21]);
});

test('an open file gives slices without reading the rest', async () => {
  const whole = await readD4rl(fixture('bool-enums.hdf5'));
  const file = await openD4rl(fixture('bool-enums.hdf5'));
  expect(file.columns.get('terminals')).toMatchObject({ shape: [20], dtype: 'bool', filters: ['deflate'] });
  expect(await file.read('observations', 7, 9)).toEqual(whole.observations.slice(21, 27));
  expect(await file.readFlags('timeouts', 10, 13)).toEqual(Uint8Array.of(0, 1, 0));
  expect(await file.read('infos/qpos', 20, 20)).toHaveLength(0);
  await expect(file.read('observations', 5, 21)).rejects.toThrow('rows 0 to 20');
  await expect(file.read('observation')).rejects.toThrow('no column "observation"');
  file.close();
  file.close();
  await expect(file.read('rewards')).rejects.toThrow('closed');
});

/** The message of the InputError that opening `path` ends in. */
async function refusal(path: string, options?: Parameters<typeof readD4rl>[1]): Promise<string> {
  const error: unknown = await readD4rl(path, options).then(
    () => new Error('It was read.'),
    (reason) => reason,
  );
  expect(error).toSatisfy(isInputError);
  const { message } = error as Error;
  expect(message).toContain(path);
  expect(message).toMatch(/^[^\n]+, so [^\n]+\.$/);
  return message;
}

/** A file of the given column shapes. */
function fileOf(path: string, shapes: Record<string, readonly number[]>): string {
  const writer = new Hdf5Writer(path, 4);
  for (const [name, shape] of Object.entries(shapes)) {
    const numbers = shape.reduce((product, n) => product * n, 1);
    writer.writeArray(name, 'float32', shape, new Uint8Array(4 * numbers));
  }
  writer.close();
  return path;
}

const good = { observations: [4, 3], actions: [4, 2], rewards: [4], terminals: [4], timeouts: [4] };

test('what is no D4RL file is refused in one sentence that names it', async () => {
  const directory = scratchDirectory();
  const at = (name: string) => join(directory, name);
  expect(await refusal(at('absent.hdf5'))).toContain('does not exist');
  mkdirSync(at('folder.hdf5'));
  expect(await refusal(at('folder.hdf5'))).toContain('is a directory');
  writeFileSync(at('empty.hdf5'), '');
  expect(await refusal(at('empty.hdf5'))).toContain('is empty');
  writeFileSync(at('text.hdf5'), '<html>404</html>'.repeat(500));
  expect(await refusal(at('text.hdf5'))).toContain('is not an HDF5 file');
  expect(await refusal(fileOf(at('other.hdf5'), { episode_0: [3], x: [1] }))).toMatch(
    /no "observations".*has episode_0, x/,
  );
  expect(await refusal(fileOf(at('a.hdf5'), { ...good, actions: [3, 2] }))).toMatch(/"actions" has 3 rows where 4/);
  expect(await refusal(fileOf(at('b.hdf5'), { ...good, rewards: [4, 2] }))).toMatch(/"rewards" has the shape \[4,2\]/);
  expect(await refusal(fileOf(at('c.hdf5'), { ...good, terminals: [] }))).toMatch(/"terminals" is a single number/);
  expect(await refusal(fileOf(at('d.hdf5'), { ...good, next_observations: [4, 2] }))).toMatch(
    /"next_observations" has 2/,
  );
  expect(await refusal(fileOf(at('e.hdf5'), { ...good, 'infos/goal': [5, 2] }))).toMatch(/"infos\/goal" has 5 rows/);
  const empty = { observations: [0, 3], actions: [0, 2], rewards: [0], terminals: [0] };
  expect(await refusal(fileOf(at('f.hdf5'), empty))).toMatch(/is empty/);
  expect(await refusal(fileOf(at('g.hdf5'), good), { maxBytes: 50 })).toContain('maxBytes is 50');
});

test('a file cut in half says how much is missing', async () => {
  const path = join(scratchDirectory(), 'half.hdf5');
  copyFileSync(fixture('bool-enums.hdf5'), path);
  const { length } = readFileSync(path);
  truncateSync(path, Math.floor(length / 2));
  expect(await refusal(path)).toContain(`${Math.floor(length / 2)} of ${length} bytes`);
});

test('a size that the file cannot hold is refused before memory is taken', async () => {
  const path = join(scratchDirectory(), 'huge.hdf5');
  const bytes = readFileSync(fixture('float-terminals.hdf5'));
  // The shape of "observations", [18, 3], and its maximum.
  const u64 = (...values: number[]) => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
  u64(18, 2 ** 40, 18, 2 ** 40).copy(bytes, bytes.indexOf(u64(18, 3, 18, 3)));
  writeFileSync(path, bytes);
  const before = process.memoryUsage().rss;
  expect(await refusal(path)).toMatch(/maxBytes/);
  expect(await refusal(path, { maxBytes: Number.POSITIVE_INFINITY })).toMatch(/"observations" claims \d+ bytes/);
  expect(process.memoryUsage().rss).toBeLessThan(before + 2 ** 28);
});

test('300 damaged files: an InputError or a valid result, and nothing on the terminal', async () => {
  const directory = scratchDirectory();
  const path = join(directory, 'damaged.hdf5');
  const originals = ['bool-enums', 'latest-format', 'replay-float64'].map((name) =>
    readFileSync(fixture(`${name}.hdf5`)),
  );
  const outputs = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(process.stderr, 'write')];
  const byte = fc.integer({ min: 0, max: 255 });
  const damage = fc.record({
    original: fc.constantFrom(...originals),
    // Metadata stands mostly in front, so half of the damage is aimed there.
    bytes: fc.array(
      fc.tuple(
        fc.oneof(fc.double({ noNaN: true, max: 1, min: 0 }), fc.double({ noNaN: true, max: 0.1, min: 0 })),
        byte,
      ),
      { maxLength: 5 },
    ),
    length: fc.oneof(fc.constant(1), fc.double({ noNaN: true, min: 0, max: 1 })),
  });
  let valid = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damage, async ({ original, bytes, length }) => {
      const damaged = Buffer.from(original);
      for (const [where, value] of bytes) damaged[Math.floor(where * (damaged.length - 1))] = value;
      writeFileSync(path, damaged.subarray(0, Math.floor(length * damaged.length)));
      try {
        const { transitions, rewards, terminals, episodes } = await readD4rl(path);
        expect([rewards.length, terminals.length, episodes.at(-1)?.end]).toEqual([
          transitions,
          transitions,
          transitions,
        ]);
        await inspectD4rl(path);
        valid++;
      } catch (error) {
        if (!isInputError(error)) throw error;
        expect(error.message).toMatch(/^[^\n]+\.$/);
        refused++;
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(valid).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(100);
  for (const output of outputs) expect(output).not.toHaveBeenCalled();
  expect((await readD4rl(fixture('bool-enums.hdf5'))).transitions).toBe(20);
});

test('opening and closing keeps no file open', async () => {
  const descriptors = () => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
  const half = join(scratchDirectory(), 'half.hdf5');
  writeFileSync(half, readFileSync(fixture('bool-enums.hdf5')).subarray(0, 9000));
  await readD4rl(fixture('bool-enums.hdf5'));
  const before = descriptors();
  for (let i = 0; i < 100; i++) {
    await readD4rl(fixture('latest-format.hdf5'));
    await expect(readD4rl(half)).rejects.toThrow('cut off');
  }
  expect(descriptors()).toBeLessThanOrEqual(before + 2);
});
