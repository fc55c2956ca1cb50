import { expect, test } from 'vitest';
import { searchLine } from './line-search.ts';

const options = { maxKl: 0.01, backtrackFactor: 0.5, backtrackAttempts: 4 };

test.each([
  { name: 'the whole step when it is good', trials: [[1, 0.01]], fraction: 1 },
  {
    name: 'the first within the region',
    trials: [
      [5, 0.04],
      [3, 0.0101],
      [2, 0.0025],
    ],
    fraction: 0.25,
  },
  {
    name: 'not before the surrogate improves',
    trials: [
      [-1, 0.001],
      [0, 0.0001],
      [1e-9, 0],
    ],
    fraction: 0.25,
  },
  {
    name: 'nothing after all attempts',
    trials: [
      [-1, 0],
      [-1, 0],
      [-1, 0],
      [-1, 0],
      [9, 0],
    ],
    fraction: 0,
  },
  {
    name: 'never NaN',
    trials: [
      [Number.NaN, 0],
      [1, Number.NaN],
      [1, 0],
    ],
    fraction: 0.25,
  },
])('accepts $name', ({ trials, fraction }) => {
  const tried: number[] = [];
  const found = searchLine((length) => {
    const [improvement, kl] = trials[tried.length];
    tried.push(length);
    return { improvement, kl };
  }, options);
  expect(found).toBe(fraction);
  expect(tried).toEqual([1, 0.5, 0.25, 0.125].slice(0, fraction === 0 ? 4 : tried.indexOf(fraction) + 1));
});
