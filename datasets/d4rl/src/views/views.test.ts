import { readFileSync } from 'node:fs';
import { isInputError } from '@understudy/errors';
import { expect, test } from 'vitest';
import { findEpisodes } from '../episodes.ts';
import type { ViewSource } from '../final-steps.ts';
import { readD4rl } from '../read-d4rl.ts';
import { recording } from '../testing/recording.ts';
import { fixture } from '../testing/scratch.ts';
import { type QlearningOptions, qlearningDataset } from './qlearning-dataset.ts';
import { sequenceDataset } from './sequence-dataset.ts';

function source(steps: string, timeoutsStored = true): ViewSource {
  const rows = recording(steps);
  return { ...rows, episodes: findEpisodes(rows.terminals, rows.timeouts), timeoutsStored };
}

/** The rows that a Q-learning view kept, told by their actions. */
const kept = (dataset: ViewSource, options?: QlearningOptions) =>
  [...qlearningDataset(dataset, options).actions].map((action) => action - 0.5);

const ranges = (dataset: ViewSource, maxEpisodeSteps?: number) =>
  sequenceDataset(dataset, { maxEpisodeSteps }).map(({ start, end }) => [start, end]);

test('Q-learning: the next observation is the next row, across a terminal too; cut rows and the last row are left out', () => {
  const view = qlearningDataset(source('.T.C..'));
  expect(view.transitions).toBe(4);
  expect([...view.observations]).toEqual([0, 1, 10, 11, 20, 21, 40, 41]);
  expect([...view.nextObservations]).toEqual([10, 11, 20, 21, 30, 31, 50, 51]);
  expect([...view.actions]).toEqual([0.5, 1.5, 2.5, 4.5]);
  expect([...view.rewards]).toEqual([0.25, 1.25, 2.25, 4.25]);
  expect([...view.terminals]).toEqual([0, 1, 0, 0]);
});

test('Q-learning: terminateOnEnd keeps cut rows and does not mark them', () => {
  const view = qlearningDataset(source('.T.C..'), { terminateOnEnd: true });
  expect([...view.actions]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5]);
  expect([...view.terminals]).toEqual([0, 1, 0, 0, 0]);
  expect([...view.nextObservations.subarray(6, 8)]).toEqual([40, 41]);
});

test('Q-learning: the last row is left out even where it is a terminal, and one row gives none', () => {
  expect(kept(source('..T'))).toEqual([0, 1]);
  expect(kept(source('.'))).toEqual([]);
  expect(kept(source('CC'))).toEqual([]);
});

test('Q-learning without timeouts: rows are cut by count, one step early after a terminal', () => {
  // Steps 0 1 2 are cut at 2; after the terminal in row 4 the count begins at 1, so row 6 is already the last.
  expect(kept(source('....T.....', false), { maxEpisodeSteps: 3 })).toEqual([0, 1, 3, 4, 5, 7, 8]);
  // With terminateOnEnd every reset starts at 1, but no row is left out.
  expect(kept(source('....T.....', false), { maxEpisodeSteps: 3, terminateOnEnd: true })).toHaveLength(9);
});

test('sequences: episodes end at terminals and timeouts, what follows the last one is dropped', () => {
  expect(ranges(source('.T.C..'))).toEqual([
    [0, 2],
    [2, 4],
  ]);
  expect(ranges(source('...'))).toEqual([]);
  expect(ranges(source('TC'))).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('sequences without timeouts: every episode but the first is cut one step early', () => {
  expect(ranges(source('.........', false), 4)).toEqual([
    [0, 4],
    [4, 7],
  ]);
  expect(ranges(source('.T........', false), 4)).toEqual([
    [0, 2],
    [2, 5],
    [5, 8],
  ]);
});

test('sequences are views, with their infos', () => {
  const data = Float32Array.from({ length: 18 }, (_, i) => i);
  const dataset = { ...source('.T.C..'), infos: { qpos: { data, shape: [6, 3] } } };
  const [, second] = sequenceDataset(dataset);
  expect([...second.observations]).toEqual([20, 21, 30, 31]);
  expect([...second.rewards]).toEqual([2.25, 3.25]);
  expect([...second.timeouts]).toEqual([0, 1]);
  expect(second.infos.qpos).toEqual({ data: data.subarray(6, 12), shape: [2, 3] });
  expect(second.observations.buffer).toBe(dataset.observations.buffer);
});

test('without timeouts the time limit must be given', () => {
  const dataset = source('....', false);
  for (const view of [() => qlearningDataset(dataset), () => sequenceDataset(dataset)]) {
    expect(view).toThrow(expect.toSatisfy((error) => isInputError(error) && /maxEpisodeSteps/.test(error.message)));
  }
  expect(() => qlearningDataset(dataset, { maxEpisodeSteps: 0 })).toThrow('at least 1');
  expect(kept(dataset, { maxEpisodeSteps: Number.POSITIVE_INFINITY })).toEqual([0, 1, 2]);
});

interface ExpectedView {
  rows: number[];
  observations: number[];
  actions: number[];
  nextObservations: number[];
  rewards: number[];
  terminals: number[];
}

interface Expected {
  observations: number[];
  rewards: number[];
  terminals: number[];
  timeouts: number[] | null;
  qlearning: ExpectedView;
  qlearningTerminateOnEnd: ExpectedView;
  sequences: number[][];
}

const { maxEpisodeSteps, ...expected } = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Record<
  string,
  Expected
> & { maxEpisodeSteps: number };

test.each(Object.entries(expected))(
  '%s: columns and views are those of h5py and a plain rendering',
  async (name, want) => {
    const dataset = await readD4rl(fixture(`${name}.hdf5`));
    expect([...dataset.observations]).toEqual(want.observations);
    expect([...dataset.rewards]).toEqual(want.rewards);
    expect([...dataset.terminals]).toEqual(want.terminals);
    expect(dataset.timeoutsStored ? [...dataset.timeouts] : null).toEqual(want.timeouts);
    for (const terminateOnEnd of [false, true]) {
      const view = qlearningDataset(dataset, { maxEpisodeSteps, terminateOnEnd });
      const { rows, ...columns } = terminateOnEnd ? want.qlearningTerminateOnEnd : want.qlearning;
      expect(view.transitions).toBe(rows.length);
      for (const [column, values] of Object.entries(columns)) {
        expect([...view[column as keyof typeof columns]], column).toEqual(values);
      }
    }
    expect(ranges(dataset, maxEpisodeSteps)).toEqual(want.sequences);
  },
);
