import { expect, test } from 'vitest';
import { checkModes, modeLabel, planEpisodes } from './mode-choice.ts';
import type { ExpertTask, ModeSpace } from './task.ts';
import { twoWays } from './testing/two-ways-task.ts';

const speeds: ModeSpace = { kind: 'continuous', low: 1.5, high: 3, unit: 'm/s' };
const withModes = (modes: ModeSpace): ExpertTask => ({ ...twoWays, id: 'Task-v0', modes });

function plan(space: ModeSpace, modes: readonly number[] | undefined, seed: number, count: number) {
  const episodes = planEpisodes(space, modes, seed);
  return Array.from({ length: count }, () => episodes.next().value);
}

test('modes come in rounds, in an order that the seed draws anew for each', () => {
  const modes = plan(twoWays.modes, [0, 1, 2], 5, 300).map(({ mode }) => mode);
  const rounds = Array.from({ length: 100 }, (_, i) => modes.slice(3 * i, 3 * i + 3));
  for (const round of rounds) expect([...round].sort()).toEqual([0, 1, 2]);
  expect(new Set(rounds.map(String)).size).toBe(6);
  expect(plan(twoWays.modes, [0, 1, 2], 6, 300).map(({ mode }) => mode)).not.toEqual(modes);
});

test('more episodes begin with those of fewer, and every episode has a seed of its own', () => {
  const some = plan(twoWays.modes, [0, 1], 3, 7);
  const more = plan(twoWays.modes, [0, 1], 3, 500);
  expect(more.slice(0, 7)).toEqual(some);
  expect(more.map(({ index }) => index)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  expect(new Set(more.map(({ seed }) => seed)).size).toBe(500);
});

test('speeds are drawn from the whole range', () => {
  const drawn = plan(speeds, undefined, 1, 1000).map(({ mode }) => mode as number);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1.5);
  expect(Math.min(...drawn)).toBeLessThan(1.51);
  expect(Math.max(...drawn)).toBeLessThan(3);
  expect(Math.max(...drawn)).toBeGreaterThan(2.99);
});

test('a task without modes, or that draws them itself, is asked for none', () => {
  for (const space of [{ kind: 'none' }, { kind: 'told', info: 'goal' }] satisfies ModeSpace[]) {
    expect(plan(space, checkModes(withModes(space), undefined), 0, 2).map(({ mode }) => mode)).toEqual([null, null]);
  }
});

test('modes are named in words', () => {
  expect(modeLabel(twoWays.modes, 1)).toBe('right');
  expect(modeLabel(speeds, 2.5)).toBe('2.5 m/s');
});

test('modes that a task does not have are refused', () => {
  expect(checkModes(twoWays, undefined)).toEqual([0, 1]);
  expect(checkModes(twoWays, [1, 1, 0])).toEqual([0, 1]);
  expect(checkModes(withModes(speeds), undefined)).toBeUndefined();
  expect(checkModes(withModes(speeds), [3, 1.5])).toEqual([1.5, 3]);
  expect(() => checkModes(twoWays, [0, 2])).toThrow('2 is no mode of TwoWays-v0; each is a whole number from 0 to 1.');
  expect(() => checkModes(twoWays, [0.5])).toThrow('0.5 is no mode');
  expect(() => checkModes(twoWays, [])).toThrow('No mode of TwoWays-v0 was named');
  expect(() => checkModes(withModes(speeds), [3.1])).toThrow(
    '3.1 is no mode of Task-v0; each is a number from 1.5 to 3 m/s.',
  );
  expect(() => checkModes(withModes({ kind: 'none' }), [0])).toThrow('Task-v0 has no modes, but modes 0');
  expect(() => checkModes(withModes({ kind: 'told', info: 'goal' }), [0])).toThrow('draws its modes itself');
});
