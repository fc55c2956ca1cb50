import fc from 'fast-check';
import { expect, test } from 'vitest';
import { downsample, evenly, runningMean } from './downsample.ts';

const curve = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 3000 })
  .map((values) => values.map((y, x) => ({ x, y })));

test('a thinned curve keeps its ends and its extremes, in order, and no more points than asked for', () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 8, max: 400 }), (points, limit) => {
      const kept = downsample(points, limit);
      const ys = points.map(({ y }) => y);
      const keptYs = kept.map(({ y }) => y);
      expect(kept.length).toBeLessThanOrEqual(Math.max(limit, 8));
      expect(Math.max(...keptYs)).toBe(Math.max(...ys));
      expect(Math.min(...keptYs)).toBe(Math.min(...ys));
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      expect(kept.every((point, i) => i === 0 || point.x > kept[i - 1].x)).toBe(true);
    }),
  );
});

test('a single spike among a hundred thousand points survives', () => {
  const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 54_321 ? 99 : 0 }));
  expect(downsample(points, 400)).toContainEqual({ x: 54_321, y: 99 });
});

test('a running mean covers the last points and no others', () => {
  const points = [1, 2, 3, 10].map((y, x) => ({ x, y }));
  expect(runningMean(points, 2).map(({ y }) => y)).toEqual([1, 1.5, 2.5, 6.5]);
});

test('evenly spread items reach from the first to the last', () => {
  expect(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3)).toEqual([0, 5, 10]);
  expect(evenly([1, 2], 12)).toEqual([1, 2]);
});
