import { defaultRng } from '@understudy/random';
import type { Dataset } from '@understudy/training';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findEpisodes } from '../episodes.ts';
import { recording } from '../testing/recording.ts';
import { EpisodeSampler } from './episode-sampler.ts';
import { relabelGoals } from './goal-relabelling.ts';
import { SequenceWindows } from './sequence-windows.ts';
import { splitEpisodes } from './split-episodes.ts';
import { fitStandardization, Standardization, StandardizationFit } from './standardization.ts';

function source(steps: string, stored = false): Dataset {
  const rows = recording(steps);
  const nextObservations = stored ? rows.observations.map((value) => value + 10) : undefined;
  return { ...rows, nextObservations, episodes: findEpisodes(rows.terminals, rows.timeouts) };
}

/** Pays 1 where what was achieved is the goal, and -1 elsewhere. */
const task = {
  goalSize: 1,
  achievedAt: 0,
  desiredAt: 1,
  computeReward(achieved: ArrayLike<number>, desired: ArrayLike<number>, rewards = new Float64Array(achieved.length)) {
    return rewards.map((_, i) => (achieved[i] === desired[i] ? 1 : -1));
  },
};

test('final goals are what the episode achieved last; rewards are computed anew', () => {
  const view = relabelGoals(source('.T..C', true), task, { strategy: 'final', goalsPerTransition: 1 });
  expect([...view.rows]).toEqual([0, 1, 2, 3, 4]);
  expect([...view.goalRows]).toEqual([1, 1, 4, 4, 4]);
  // The goal stands at 1 in both observations: 20 and 50 are the next observations of rows 1 and 4.
  expect([...view.observations]).toEqual([0, 20, 10, 20, 20, 50, 30, 50, 40, 50]);
  expect([...view.nextObservations]).toEqual([10, 20, 20, 20, 30, 50, 40, 50, 50, 50]);
  expect([...view.rewards]).toEqual([-1, 1, -1, -1, 1]);
  expect([...view.terminals]).toEqual([0, 1, 0, 0, 0]);
  expect([...view.actions]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5]);
});

test('without stored next observations no goal is of the next episode, and last rows are left out', () => {
  const view = relabelGoals(source('..T.C'), task, { strategy: 'final', goalsPerTransition: 2 });
  expect([...view.rows]).toEqual([0, 0, 1, 1, 3, 3]);
  expect([...view.goalRows]).toEqual([1, 1, 1, 1, 3, 3]);
  expect([...view.rewards]).toEqual([-1, -1, 1, 1, 1, 1]);
});

test('goals behind observations that hold none', () => {
  const view = relabelGoals(source('.T', true), { ...task, desiredAt: undefined }, { strategy: 'final' });
  expect(view.observationSize).toBe(3);
  expect([...view.observations.subarray(0, 3)]).toEqual([0, 1, 20]);
  expect([...view.nextObservations.subarray(0, 3)]).toEqual([10, 11, 20]);
});

test.each(['future', 'episode'] as const)(
  'goals of the strategy %s stay in their range and reach all of it',
  (strategy) => {
    const dataset = source('..C....T...', true);
    const { rows, goalRows } = relabelGoals(dataset, task, { strategy, goalsPerTransition: 60, seed: 1 });
    for (const { start, end } of dataset.episodes) {
      for (let row = start; row < end; row++) {
        const goals = new Set([...goalRows].filter((_, i) => rows[i] === row));
        const first = strategy === 'future' ? row : start;
        expect([...goals].sort((a, b) => a - b)).toEqual(Array.from({ length: end - first }, (_, i) => first + i));
      }
    }
  },
);

test('relabelling is seeded and refuses goals outside the observations', () => {
  const dataset = source('.........T', true);
  const goals = (seed: number) => [...relabelGoals(dataset, task, { seed }).goalRows];
  expect(goals(3)).toEqual(goals(3));
  expect(goals(3)).not.toEqual(goals(4));
  expect(() => relabelGoals(dataset, { ...task, desiredAt: 2 })).toThrow('desiredAt 2');
  expect(() => relabelGoals(source('TT'), task)).toThrow('longer');
});

test('a standardisation knows the training episodes only', () => {
  const column = Float32Array.of(1, 5, 3, 5, 1000, 7, 5, 5);
  const fitted = fitStandardization(column, 2, [
    { start: 0, end: 2 },
    { start: 3, end: 4 },
  ]);
  expect([...fitted.mean]).toEqual([3, 5]);
  expect(fitted.scale[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
  expect(fitted.scale[1]).toBe(1);
  const applied = fitted.apply(column, new Float64Array(8));
  expect(applied[0]).toBeCloseTo(-2 / Math.sqrt(8 / 3), 12);
  expect(applied[1]).toBe(0);
  expect(applied[5]).toBe(2);
});

test('standardised rows have mean 0 and deviation 1, and come back, in one pass over blocks of any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 40 }), (seed, count) => {
      const generator = defaultRng(seed);
      const rows = new Float64Array(count * 3);
      generator.fillNormal(rows, 1e4, 0.5);
      const fit = new StandardizationFit(3);
      const cut = 3 * generator.integers(count + 1);
      fit.add(rows.subarray(0, cut));
      fit.add(rows.subarray(cut));
      const fitted = fit.finish();
      const applied = fitted.apply(rows, new Float64Array(rows.length));
      for (let d = 0; d < 3; d++) {
        const column = [...applied].filter((_, i) => i % 3 === d);
        const mean = column.reduce((sum, x) => sum + x, 0) / count;
        expect(mean).toBeCloseTo(0, 8);
        expect(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count).toBeCloseTo(1, 8);
      }
      const back = fitted.invert(applied, applied);
      expect(Math.max(...back.map((value, i) => Math.abs(value - rows[i])))).toBeLessThan(1e-8);
    }),
    { numRuns: 30 },
  );
});

test('a standardisation refuses rows of another size and numbers that are not finite', () => {
  expect(() => new Standardization([0, 0], [1, 1]).apply(new Float32Array(3))).toThrow('rows');
  expect(() => new Standardization([0], [0])).toThrow('above 0');
  expect(() => fitStandardization(Float32Array.of(1, Number.NaN), 1, [{ start: 0, end: 2 }])).toThrow('Dimension 0');
  expect(() => new StandardizationFit(1).finish()).toThrow('no rows');
});

test('a split is a partition by episodes in the order of the data, chosen by the seed', () => {
  const episodes = Array.from({ length: 30 }, (_, i) => ({ start: i, end: i + 1 }));
  const { train, validation } = splitEpisodes(episodes, { validationShare: 0.2, seed: 5 });
  expect(validation).toHaveLength(6);
  expect([...train, ...validation].sort((a, b) => a.start - b.start)).toEqual(episodes);
  expect(train).toEqual([...train].sort((a, b) => a.start - b.start));
  expect(splitEpisodes(episodes, { validationShare: 0.2, seed: 5 }).validation).toEqual(validation);
  expect(splitEpisodes(episodes, { validationShare: 0.2, seed: 6 }).validation).not.toEqual(validation);
  expect(splitEpisodes(episodes.slice(0, 2), { validationShare: 0.01 }).validation).toHaveLength(1);
  expect(splitEpisodes(episodes.slice(0, 2), { validationShare: 0.99 }).train).toHaveLength(1);
  expect(() => splitEpisodes(episodes.slice(0, 1))).toThrow('at least two');
  expect(() => splitEpisodes(episodes, { validationShare: 1 })).toThrow('validationShare');
});

test('episodes are drawn in proportion to their lengths, and steps evenly within them', () => {
  const episodes = [
    { start: 0, end: 1 },
    { start: 1, end: 2 },
    { start: 2, end: 10 },
    { start: 10, end: 12 },
  ];
  const sampler = new EpisodeSampler(episodes, { seed: 0 });
  const draws = 24_000;
  const rows = new Float64Array(12);
  let beyond = 0;
  for (let i = 0; i < draws; i++) {
    const { start, end } = episodes[sampler.sample()];
    if (sampler.step >= end - start) beyond++;
    rows[start + sampler.step]++;
  }
  expect(beyond).toBe(0);
  // Every row 2000 times; five standard deviations are 214.
  for (const count of rows) expect(Math.abs(count - draws / 12)).toBeLessThan(214);
});

test('a sampler goes on from its state', () => {
  const episodes = [
    { start: 0, end: 5 },
    { start: 5, end: 50 },
  ];
  const sampler = new EpisodeSampler(episodes, { seed: 9 });
  sampler.sample();
  const state = sampler.getState();
  const expected = Array.from({ length: 20 }, () => [sampler.sample(), sampler.step]);
  const other = new EpisodeSampler(episodes);
  other.setState(state);
  expect(Array.from({ length: 20 }, () => [other.sample(), other.step])).toEqual(expected);
});

test('windows are padded on their side, masked and counted, and do not leak', () => {
  const dataset = source('..T...C');
  const returnsToGo = Float32Array.from({ length: 7 }, (_, i) => 100 + i);
  const windows = new SequenceWindows({ ...dataset, returnsToGo }, dataset.episodes, { length: 3, paddedAction: -10 });
  const batch = windows.createBatch(2);
  windows.write(batch, 0, 0, 1);
  windows.write(batch, 1, 1, 0);
  expect([...batch.episodes]).toEqual([0, 1]);
  expect([...batch.mask]).toEqual([0, 1, 1, 1, 1, 1]);
  expect([...batch.timesteps]).toEqual([0, 1, 2, 0, 1, 2]);
  expect([...batch.actions]).toEqual([-10, 1.5, 2.5, 3.5, 4.5, 5.5]);
  expect([...batch.observations]).toEqual([0, 0, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51]);
  expect([...batch.returnsToGo]).toEqual([0, 101, 102, 103, 104, 105]);
  // Written over: nothing of the longer window stays.
  windows.write(batch, 1, 1, 3);
  expect([...batch.mask.subarray(3)]).toEqual([0, 0, 1]);
  expect([...batch.observations.subarray(6)]).toEqual([0, 0, 0, 0, 60, 61]);
  const right = new SequenceWindows(dataset, dataset.episodes, { length: 3, padding: 'right' });
  const other = right.createBatch(1);
  right.write(other, 0, 1, 3);
  expect([...other.mask]).toEqual([1, 0, 0]);
  expect([...other.actions]).toEqual([6.5, 0, 0]);
  expect([...other.returnsToGo]).toEqual([0, 0, 0]);
});

test('windows that begin at the start hold the whole episode up to their length', () => {
  const dataset = source('..T...C');
  const windows = new SequenceWindows(dataset, dataset.episodes, { length: 3, begin: 'start', seed: 2 });
  const batch = windows.createBatch(40);
  windows.sample(batch);
  expect(new Set(batch.episodes)).toEqual(new Set([0, 1]));
  for (let slot = 0; slot < 40; slot++) {
    const first = dataset.episodes[batch.episodes[slot]].start;
    expect([...batch.actions.subarray(3 * slot, 3 * slot + 3)]).toEqual([first + 0.5, first + 1.5, first + 2.5]);
  }
  expect(() => new SequenceWindows(dataset, [{ start: 0, end: 8 }], { length: 3 })).toThrow('7 transitions');
  expect(() => new SequenceWindows(dataset, dataset.episodes, { length: 0 })).toThrow('length');
});
