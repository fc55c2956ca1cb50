import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectD4rl } from './inspect-d4rl.ts';
import { recording } from './testing/recording.ts';
import { fixture, scratchDirectory } from './testing/scratch.ts';
import { writeD4rl } from './write-d4rl.ts';

test('columns, episodes and metadata are counted as by hand', async () => {
  const path = join(scratchDirectory(), 'a.hdf5');
  const rows = recording('.T..C.');
  rows.observations[3] = Number.NaN;
  rows.observations[5] = Number.NEGATIVE_INFINITY;
  const weight = { data: new Float32Array(6), shape: [2, 3] };
  await writeD4rl(path, rows, { metadata: { algorithm: 'SAC', policy: { weight } } });
  const found = await inspectD4rl(path);
  expect(found).toMatchObject({
    file: path,
    transitions: 6,
    observationSize: 2,
    actionSize: 1,
    terminals: 1,
    timeouts: 1,
    notFinite: 2,
    metadata: { algorithm: 'SAC', policy: { weight: { dtype: 'float32', shape: [2, 3] } } },
  });
  // Rewards are i + 0.25: the complete episodes return 1.5 and 9.75; row 5 belongs to none.
  expect(found.episodes).toEqual({
    count: 3,
    complete: 2,
    lengths: { min: 2, mean: 2.5, max: 3 },
    returns: { min: 1.5, mean: 5.625, max: 9.75, std: 4.125 },
  });
  const observations = found.columns.find(({ name }) => name === 'observations');
  expect(observations).toEqual({
    name: 'observations',
    shape: [6, 2],
    dtype: 'float32',
    chunks: [6, 2],
    filters: ['deflate'],
    nan: 1,
    infinite: 1,
    ranges: [
      { min: 0, max: 50 },
      { min: 1, max: 51 },
    ],
  });
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test('a dimension without a finite number has no range', async () => {
  const path = join(scratchDirectory(), 'a.hdf5');
  const rows = recording('...');
  rows.rewards.fill(Number.NaN);
  await writeD4rl(path, rows);
  const rewards = (await inspectD4rl(path)).columns.find(({ name }) => name === 'rewards');
  expect(rewards).toMatchObject({ nan: 3, ranges: [null] });
});

test('a file without timeouts says so and takes the time limit', async () => {
  const found = await inspectD4rl(fixture('no-timeouts.hdf5'));
  expect(found.timeouts).toBeNull();
  expect(found.episodes.count).toBe(4);
  expect((await inspectD4rl(fixture('no-timeouts.hdf5'), { maxEpisodeSteps: 5 })).episodes.count).toBe(7);
});
