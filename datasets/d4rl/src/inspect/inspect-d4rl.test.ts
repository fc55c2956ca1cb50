import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recording } from '../testing/recording.ts';
import { fixture, scratchDirectory } from '../testing/scratch.ts';
import { writeD4rl } from '../write-d4rl.ts';
import { inspectD4rl } from './inspect-d4rl.ts';

async function inspectionOf(rows: Parameters<typeof writeD4rl>[1], options: Parameters<typeof inspectD4rl>[1] = {}) {
  const path = join(scratchDirectory(), 'a.hdf5');
  await writeD4rl(path, rows);
  return inspectD4rl(path, options);
}

/** Findings by kind: how many, and the first row. */
async function findingsOf(...args: Parameters<typeof inspectionOf>) {
  const { findings } = await inspectionOf(...args);
  return Object.fromEntries(findings.map(({ kind, count, firstRow }) => [kind, [count, firstRow]]));
}

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
  expect(found.episodes).toMatchObject({
    count: 3,
    complete: 2,
    lengths: { min: 2, mean: 2.5, max: 3 },
    returns: { min: 1.5, mean: 5.625, max: 9.75, std: 4.125 },
  });
  expect(found.episodes.returns.histogram!.counts.reduce((sum, n) => sum + n, 0)).toBe(2);
  const observations = found.columns.find(({ name }) => name === 'observations');
  expect(observations).toMatchObject({
    name: 'observations',
    shape: [6, 2],
    dtype: 'float32',
    chunks: [6, 2],
    filters: ['deflate'],
    nan: 1,
    infinite: 1,
    dimensions: [
      { min: 0, max: 50, mean: 25, std: expect.closeTo(Math.sqrt(1750 / 6), 10) },
      { min: 1, max: 51, mean: 31 },
    ],
  });
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test('a dimension without a finite number has no range', async () => {
  const rows = recording('...');
  rows.rewards.fill(Number.NaN);
  const found = await inspectionOf(rows);
  expect(found.columns.find(({ name }) => name === 'rewards')).toMatchObject({ nan: 3, dimensions: [null] });
  expect(found.episodes.returns.histogram).toBeNull();
});

test('a file without timeouts says so and takes the time limit', async () => {
  const found = await inspectD4rl(fixture('no-timeouts.hdf5'));
  expect(found.timeouts).toBeNull();
  expect(found.episodes.count).toBe(4);
  expect((await inspectD4rl(fixture('no-timeouts.hdf5'), { maxEpisodeSteps: 5 })).episodes.count).toBe(7);
});

test('a sound dataset has no findings', async () => {
  expect(await findingsOf(recording('....T....C..'))).toEqual({});
});

test('numbers that are not finite are found with the first row', async () => {
  const rows = recording('...T');
  rows.actions[2] = Number.NaN;
  rows.actions[3] = Number.POSITIVE_INFINITY;
  const { findings } = await inspectionOf(rows);
  expect(findings).toEqual([
    { kind: 'not-finite', count: 2, firstRow: 2, text: '2 numbers in "actions" are NaN or infinite.' },
  ]);
});

test('constant dimensions are named, flags excepted', async () => {
  const rows = recording('......');
  for (let i = 1; i < 12; i += 2) rows.observations[i] = 3;
  const { findings } = await inspectionOf(rows);
  expect(findings.map(({ text }) => text)).toEqual(['Dimension 1 of "observations" holds one number in all rows.']);
});

test('a terminal beside a timeout, and episodes of one step', async () => {
  const rows = recording('..T.CC..');
  rows.timeouts[2] = 1;
  expect(await findingsOf(rows)).toEqual({ 'terminal-and-timeout': [1, 2], 'single-step-episode': [1, undefined] });
});

test('rows equal to the one before, within an episode only', async () => {
  const rows = recording('....T....');
  const copy = (from: number, to: number) => {
    rows.observations.copyWithin(2 * to, 2 * from, 2 * from + 2);
    rows.actions[to] = rows.actions[from];
    rows.rewards[to] = rows.rewards[from];
  };
  copy(1, 2);
  copy(4, 5);
  expect(await findingsOf(rows)).toEqual({ 'repeated-transition': [1, 2] });
  rows.actions[2] += 1;
  expect(await findingsOf(rows)).toEqual({});
});

test('jumps against stored next observations, not where an episode ended', async () => {
  const rows = recording('...T...C...');
  const nextObservations = rows.observations.map((value) => value + 10);
  nextObservations[2 * 3] = 999;
  nextObservations[2 * 7] = 999;
  expect(await findingsOf({ ...rows, nextObservations })).toEqual({});
  nextObservations[2 * 5] = 999;
  expect(await findingsOf({ ...rows, nextObservations })).toEqual({ jump: [1, 6] });
});

test('without them a jump is a step far longer than others', async () => {
  const rows = recording(`${'.'.repeat(400)}T${'.'.repeat(200)}`);
  rows.observations.set([1e6, 1e6], 2 * 401);
  expect(await findingsOf(rows)).toEqual({ jump: [1, 402] });
  for (let i = 300; i < 401; i++) rows.observations[2 * i + 1] += 1e5;
  expect(await findingsOf(rows)).toEqual({ jump: [2, 300] });
  expect(await findingsOf(rows, { positionAt: [0, 0] })).toEqual({ jump: [1, 402] });
});

test('rewards of the state before the step are told from those of the state after it', async () => {
  const rows = recording('..........');
  const inside = [0, 0, 1, 1, 0, 0, 0, 1, 0, 0];
  for (const [i, value] of inside.entries()) rows.observations.set([value ? 5 : 9 + i, 0], 2 * i);
  rows.rewards.set(inside);
  const options = { positionAt: [0, 1], target: { x: 5, y: 0, radius: 0.5 } } as const;
  expect(await findingsOf(rows, options)).toMatchObject({ 'reward-before-step': [4, undefined] });
  rows.rewards.set([...inside.slice(1), 0]);
  expect(await findingsOf(rows, options)).not.toHaveProperty('reward-before-step');
});

test('paths begin anew with every episode, and every visit is counted', async () => {
  const { paths } = await inspectionOf(recording('..T....C.'), { positionAt: [0, 1] });
  expect(paths!.paths).toEqual([
    [0, 1, 10, 11, 20, 21],
    [30, 31, 40, 41, 50, 51, 60, 61, 70, 71],
  ]);
  expect(paths!.visits.cells.reduce((sum, [, , count]) => sum + count, 0)).toBe(9);
  expect(paths!.visits.cells[1]).toEqual([60, 66, 1]);
});

test('of many episodes and long ones few points are kept', async () => {
  const { paths } = await inspectionOf(recording(`${'.'.repeat(5000)}T${'.T'.repeat(3000)}`), { positionAt: [0, 1] });
  expect(paths!.paths.length).toBeLessThan(96);
  expect(paths!.paths.length).toBeGreaterThan(40);
  expect(paths!.paths[0].length).toBeLessThan(1024);
  expect(paths!.paths[0].slice(0, 2)).toEqual([0, 1]);
});

test('blocks do not matter: a long file says of its seams what it says inside', async () => {
  // Longer than a block of 65,536 rows, with an episode, a jump and a repeated row across the seam.
  const rows = recording(`${'.'.repeat(65_000)}T${'.'.repeat(1000)}C`);
  rows.observations.copyWithin(2 * 65_536, 2 * 65_535, 2 * 65_536);
  rows.actions[65_536] = rows.actions[65_535];
  rows.rewards[65_536] = rows.rewards[65_535];
  const nextObservations = rows.observations.map((value) => value + 10);
  const { findings, episodes } = await inspectionOf({ ...rows, nextObservations });
  expect(findings.map(({ kind, firstRow }) => [kind, firstRow])).toEqual([
    ['jump', 65_536],
    ['repeated-transition', 65_536],
  ]);
  expect(episodes.lengths).toMatchObject({ min: 1001, max: 65_001 });
});

test('positions outside the observations are refused', async () => {
  await expect(inspectionOf(recording('..T'), { positionAt: [0, 2] })).rejects.toThrow('positionAt');
  await expect(inspectionOf(recording('..T'), { target: { x: 0, y: 0, radius: 1 } })).rejects.toThrow('positionAt');
});
