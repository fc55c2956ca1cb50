import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marginsForMax, marginsForSum } from './contact-margin.ts';

const geoms = 5;
const margin = fc.integer({ min: 0, max: 8 }).map((n) => n / 64);
const margins = fc.array(margin, { minLength: geoms, maxLength: geoms }).map((list) => Float64Array.from(list));
const pair = fc
  .tuple(fc.nat(geoms - 1), fc.nat(geoms - 1))
  .filter(([i, j]) => i !== j)
  .map(([i, j]): [number, number] => [i, j]);
const pairs = fc.uniqueArray(pair, { selector: ([i, j]) => `${Math.min(i, j)}-${Math.max(i, j)}` });

/** Whether some margins in steps of 1/128 solve it, by trying them all geom by geom. */
function solvable(holds: (x: readonly number[]) => boolean, most: number, x: number[] = []): boolean {
  if (!holds(x)) return false;
  if (x.length === geoms) return true;
  for (let value = 0; value <= most; value += 1 / 128) if (solvable(holds, most, [...x, value])) return true;
  return false;
}

const rules = {
  sum: {
    solve: marginsForSum,
    wanted: (a: number, b: number) => a + b,
    given: (x: number, y: number) => Math.max(x, y),
  },
  max: {
    solve: marginsForMax,
    wanted: (a: number, b: number) => Math.max(a, b),
    given: (x: number, y: number) => x + y,
  },
};

test.each(['sum', 'max'] as const)('%s: a solution solves every pair, and a refusal means there is none', (rule) => {
  const { solve, wanted, given } = rules[rule];
  fc.assert(
    fc.property(margins, pairs, (a, links) => {
      const solution = solve(a, links);
      const holds = (x: ArrayLike<number>) =>
        links.every(([i, j]) => Math.max(i, j) >= x.length || given(x[i], x[j]) === wanted(a[i], a[j]));
      if (!solution.margins) {
        expect(solvable(holds, 0.25)).toBe(false);
        return;
      }
      const x = solution.margins;
      expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
      expect(holds(x)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('equal margins are doubled for the sum and halved for the larger', () => {
  const a = new Float64Array(3).fill(0.01);
  const all: [number, number][] = [
    [0, 1],
    [0, 2],
    [1, 2],
  ];
  expect(marginsForSum(a, all).margins).toEqual(new Float64Array(3).fill(0.02));
  expect(marginsForMax(a, all).margins).toEqual(new Float64Array(3).fill(0.005));
});
