import type { Dataset } from '@understudy/training';
import { expect, test } from 'vitest';
import { findEpisodes } from '../episodes.ts';
import { recording } from '../testing/recording.ts';
import { qlearningDataset } from './qlearning-dataset.ts';
import { delayedRewards, returnsToGo } from './returns-to-go.ts';
import { sequenceDataset } from './sequence-dataset.ts';
import { splitAtJumps } from './split-at-jumps.ts';
import { stateDemonstrations, stateSegments } from './state-demonstrations.ts';
import { trajectoryReturns } from './trajectory-returns.ts';

/** Rows of {@link recording}; with `stored`, row i's next observation is `[10 i + 10, 10 i + 11]`, across no episode. */
function source(steps: string, stored = false): Dataset {
  const rows = recording(steps);
  const nextObservations = stored ? rows.observations.map((value) => value + 10) : undefined;
  return { ...rows, nextObservations, episodes: findEpisodes(rows.terminals, rows.timeouts) };
}

const taken = (view: { actions: ArrayLike<number> }) => Array.from(view.actions, (action) => action - 0.5);

test('Q-learning without quirks: no next observation is of another episode', () => {
  const view = qlearningDataset(source('.T.C..'), { quirks: 'none' });
  // The terminal's next is its own observation; the cut row 3 and the last row 5 have none and are left out.
  expect(taken(view)).toEqual([0, 1, 2, 4]);
  expect([...view.nextObservations]).toEqual([10, 11, 10, 11, 30, 31, 50, 51]);
  expect([...view.terminals]).toEqual([0, 1, 0, 0]);
  expect([...view.rewards]).toEqual([0.25, 1.25, 2.25, 4.25]);
});

test('Q-learning without quirks: stored next observations keep the rows before a cut, which is no terminal', () => {
  const view = qlearningDataset(source('.T.C..', true), { quirks: 'none' });
  expect(taken(view)).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...view.nextObservations.subarray(6, 8)]).toEqual([40, 41]);
  expect([...view.terminals]).toEqual([0, 1, 0, 0, 0, 0]);
});

test('Q-learning without quirks: terminateOnEnd marks the ends of episodes, as documented', () => {
  const view = qlearningDataset(source('.T.C..'), { quirks: 'none', terminateOnEnd: true });
  expect(taken(view)).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...view.terminals]).toEqual([0, 1, 0, 1, 0, 1]);
  expect([...view.nextObservations.subarray(6, 8)]).toEqual([30, 31]);
});

test('without quirks the time limit counts from each first step, and the trailing part is a sequence', () => {
  const dataset = { ...source('.T.......'), timeoutsStored: false };
  const options = { quirks: 'none', maxEpisodeSteps: 3 } as const;
  expect(sequenceDataset(dataset, options).map(({ start, end }) => [start, end])).toEqual([
    [0, 2],
    [2, 5],
    [5, 8],
    [8, 9],
  ]);
  expect(taken(qlearningDataset(dataset, options))).toEqual([0, 1, 2, 3, 5, 6]);
  expect(() => qlearningDataset(dataset, { quirks: 'none' })).toThrow('maxEpisodeSteps');
});

test('trajectories have their return and nothing of its steps', () => {
  const dataset = source('.T..C.');
  const view = trajectoryReturns(dataset, { scale: 2 });
  expect(view.trajectories).toBe(2);
  expect([...view.starts]).toEqual([0, 2]);
  expect([...view.ends]).toEqual([2, 5]);
  expect([...view.returns]).toEqual([0.75, 4.875]);
  expect(view.observations).toBe(dataset.observations);
  expect(Object.keys(view).join(' ')).not.toMatch(/reward/i);
  // @ts-expect-error The type has no rewards.
  expect(view.rewards).toBeUndefined();
});

test('trajectories of chosen episodes; of a recording without an end there is one', () => {
  expect([...trajectoryReturns(source('....'), {}).returns]).toEqual([7]);
  expect([...trajectoryReturns(source('.T..C.'), { episodes: [{ start: 5, end: 6 }] }).returns]).toEqual([5.25]);
  expect(() => trajectoryReturns(source('..T'), { episodes: [{ start: 1, end: 4 }] })).toThrow('3 transitions');
  expect(() => trajectoryReturns(source('..T'), { scale: 0 })).toThrow('scale');
});

test('jumps between rows begin episodes, and NaN is a jump', () => {
  const dataset = source('.....C..', true);
  dataset.observations[2 * 2] = 7;
  dataset.nextObservations![2 * 6] = Number.NaN;
  expect(splitAtJumps(dataset)).toEqual([
    { start: 0, end: 2, complete: true },
    { start: 2, end: 6, complete: true },
    { start: 6, end: 7, complete: true },
    { start: 7, end: 8, complete: false },
  ]);
  expect(splitAtJumps(dataset, 100).map(({ start }) => start)).toEqual([0, 6, 7]);
  expect(() => splitAtJumps(source('..T'))).toThrow('next_observations');
});

test('return to go sums within the episode only, its own step included', () => {
  // Rewards 0.25, 1.25 | 2.25, 3.25 | 4.25
  const dataset = source('.T.C.');
  expect([...returnsToGo(dataset)]).toEqual([1.5, 1.25, 5.5, 3.25, 4.25]);
  expect([...returnsToGo(dataset, { discount: 0.5, scale: 0.5 })]).toEqual([1.75, 2.5, 7.75, 6.5, 8.5]);
  expect([...returnsToGo(dataset, { wholeEpisode: true })]).toEqual([1.5, 1.5, 5.5, 5.5, 4.25]);
  expect([...returnsToGo(dataset, { episodes: [dataset.episodes[1]] })]).toEqual([0, 0, 5.5, 3.25, 0]);
  expect([...delayedRewards(dataset)]).toEqual([0, 1.5, 0, 5.5, 4.25]);
  expect(() => returnsToGo(dataset, { discount: 1.1 })).toThrow('discount');
});

test('state demonstrations end with the last next observation and have no actions', () => {
  const view = stateDemonstrations(source('.T..C', true));
  expect([...view.starts]).toEqual([0, 3]);
  expect([...view.ends]).toEqual([3, 7]);
  expect([...view.states]).toEqual([0, 1, 10, 11, 20, 21, 20, 21, 30, 31, 40, 41, 50, 51]);
  expect(Object.keys(view).join(' ')).not.toMatch(/action|reward/i);
  // @ts-expect-error The type has no actions.
  expect(view.actions).toBeUndefined();
});

test('without stored next observations a demonstration is one state shorter', () => {
  const view = stateDemonstrations(source('.T..C'));
  expect([...view.ends]).toEqual([2, 5]);
  expect([...view.states.subarray(4)]).toEqual([20, 21, 30, 31, 40, 41]);
});

test('segments are padded in front with zeros and stay in their demonstration', () => {
  const { states, lengths, segments } = stateSegments(stateDemonstrations(source('.T.T', true)), 2);
  expect(segments).toBe(4);
  expect([...lengths]).toEqual([2, 3, 2, 3]);
  expect(Array.from({ length: 4 }, (_, i) => [...states.subarray(6 * i, 6 * i + 6)])).toEqual([
    [0, 0, 0, 1, 10, 11],
    [0, 1, 10, 11, 20, 21],
    [0, 0, 20, 21, 30, 31],
    [20, 21, 30, 31, 40, 41],
  ]);
  const markov = stateSegments(stateDemonstrations(source('.T.T', true)), 1);
  expect([...markov.states.subarray(8, 12)]).toEqual([20, 21, 30, 31]);
  expect(() => stateSegments(stateDemonstrations(source('TT')), 1)).toThrow('two states');
});
