import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openD4rl } from '../d4rl-file.ts';
import { readD4rl } from '../read-d4rl.ts';
import { recording } from '../testing/recording.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { qlearningDataset } from '../views/qlearning-dataset.ts';
import { writeD4rl } from '../write-d4rl.ts';
import { FileSampler } from './file-sampler.ts';
import type { OfflineBatch } from './transition-batch.ts';
import { TransitionSampler } from './transition-sampler.ts';

/** Row `i` of a batch as plain numbers: observation, action, reward, next observation, terminal. */
function transition(batch: OfflineBatch, i: number): number[] {
  const { observations, actions, rewards, nextObservations, terminals } = batch;
  return [
    ...observations.subarray(2 * i, 2 * i + 2),
    ...actions.subarray(i, i + 1),
    rewards[i],
    ...nextObservations.subarray(2 * i, 2 * i + 2),
    terminals[i],
  ];
}

async function saved(steps: string, nextObservations = false) {
  const path = join(scratchDirectory(), 'steps.hdf5');
  const rows = recording(steps);
  const next = nextObservations ? rows.observations.map((value) => -value) : undefined;
  await writeD4rl(path, { ...rows, nextObservations: next });
  return path;
}

const steps = '..T...C..T.C....';

test.each([{}, { terminateOnEnd: true }])('what is drawn is what the Q-learning view has (%j)', async (options) => {
  const dataset = await readD4rl(await saved(steps));
  const view = qlearningDataset(dataset, options);
  const expected = Array.from({ length: view.transitions }, (_, i) =>
    transition({ size: 1, rows: new Uint32Array(1), ...view }, i),
  );
  const sampler = new TransitionSampler(dataset, { ...options, seed: 1 });
  const batch = sampler.createBatch(500);
  sampler.sample(batch);
  const drawn = Array.from({ length: 500 }, (_, i) => transition(batch, i));
  for (const one of drawn) expect(expected).toContainEqual(one);
  for (const one of expected) expect(drawn).toContainEqual(one);
});

test('without stored timeouts the time limit decides, as in the view', async () => {
  const path = join(scratchDirectory(), 'no-timeouts.hdf5');
  await writeD4rl(path, { ...recording('......T.....T..........'), timeouts: undefined });
  const dataset = await readD4rl(path);
  const view = qlearningDataset(dataset, { maxEpisodeSteps: 4 });
  const { rows } = new TransitionSampler(dataset, { maxEpisodeSteps: 4 });
  expect([...rows].map((row) => row + 0.25)).toEqual([...view.rewards]);
  expect(() => new TransitionSampler(dataset)).toThrow('give maxEpisodeSteps');
});

test('stored next observations let every row be drawn', async () => {
  const dataset = await readD4rl(await saved(steps, true));
  const sampler = new TransitionSampler(dataset, { nextObservations: 'stored', seed: 2 });
  expect(sampler.rows.length).toBe(steps.length);
  const batch = sampler.createBatch(100);
  sampler.sample(batch);
  expect(batch.nextObservations).toEqual(batch.observations.map((value) => -value));
  const plain = await readD4rl(await saved(steps));
  expect(() => new TransitionSampler(plain, { nextObservations: 'stored' })).toThrow('stores no next observations');
});

test('draws are uniform, seeded, and go on from a state', async () => {
  const dataset = await readD4rl(await saved('.'.repeat(41)));
  const [first, second] = [new TransitionSampler(dataset, { seed: 3 }), new TransitionSampler(dataset, { seed: 3 })];
  const batch = first.createBatch(4000);
  const again = first.createBatch(4000);
  first.sample(batch);
  second.sample(again);
  expect(again).toEqual(batch);
  const counts = new Float64Array(40);
  for (const row of batch.rows) counts[row]++;
  // Chi-squared with 39 degrees of freedom is below 73 with probability 0.999.
  expect(counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(73);
  second.setState(first.getState());
  first.sample(batch);
  second.sample(again);
  expect(again.rows).toEqual(batch.rows);
});

test('all rows end by a timeout: there is nothing to draw', async () => {
  const dataset = await readD4rl(await saved('CCC'));
  expect(() => new TransitionSampler(dataset)).toThrow('so there is no transition to draw: use terminateOnEnd.');
});

test.each([{ nextObservations: 'following' }, { nextObservations: 'stored' }] as const)(
  'from a file, a window of it at a time: true transitions, each row as often as any other (%j)',
  async (options) => {
    // Seven chunks, of which two fit into the memory given.
    const path = await saved('.................T....................C...'.repeat(2400), true);
    const file = await openD4rl(path);
    const { terminals, transitions, ...dataset } = await readD4rl(path);
    const drawable = new TransitionSampler({ terminals, transitions, ...dataset }, options).rows;
    const sampler = await FileSampler.create(file, { ...options, seed: 4, memoryBytes: 450_000 });
    expect([sampler.whole, sampler.count]).toEqual([false, drawable.length]);
    const counts = new Uint32Array(transitions);
    const batch = sampler.createBatch(256);
    const epochs = 10;
    let wrong = 0;
    for (let drawn = 0; drawn < epochs * sampler.count; drawn += 256) {
      await sampler.sample(batch);
      for (let i = 0; i < 256; i++) {
        const row = batch.rows[i];
        counts[row]++;
        const next = options.nextObservations === 'stored' ? -10 * row : 10 * (row + 1);
        if (batch.observations[2 * i] !== 10 * row || batch.rewards[i] !== row + 0.25) wrong++;
        if (batch.nextObservations[2 * i] !== next || batch.terminals[i] !== terminals[row]) wrong++;
      }
    }
    expect(wrong).toBe(0);
    // Each count is about Poisson(10): of rows that cannot be drawn it is 0.
    const values = Array.from(drawable, (row) => counts[row]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.reduce((sum, count) => sum + count, 0));
    expect(Math.max(...values.slice(0, 50_000), ...values.slice(50_000))).toBeLessThan(40);
    const variance = values.reduce((sum, value) => sum + (value - epochs) ** 2, 0) / values.length;
    expect(variance).toBeLessThan(2 * epochs);
    expect(variance).toBeGreaterThan(epochs / 2);
    file.close();
  },
);

test('a file that fits into memory is drawn from as one in memory', async () => {
  const file = await openD4rl(await saved(steps));
  const sampler = await FileSampler.create(file, { seed: 5 });
  expect(sampler.whole).toBe(true);
  const batch = sampler.createBatch(300);
  await sampler.sample(batch);
  const view = new TransitionSampler(await readD4rl(file.path));
  expect(new Set(batch.rows)).toEqual(new Set(view.rows));
  await expect(FileSampler.create(file, { nextObservations: 'stored' })).rejects.toThrow('stores no next observations');
  await expect(FileSampler.create(file, { memoryBytes: 0 })).rejects.toThrow('memoryBytes is 0');
  file.close();
});
