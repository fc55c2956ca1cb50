import { expect, test } from 'vitest';
import { explainedVariance, normalizeAdvantages } from './advantages.ts';

test('normalised advantages have mean 0 and deviation 1; equal ones become 0', () => {
  const advantages = Float32Array.of(1, 2, 3, 6);
  normalizeAdvantages(advantages);
  const deviation = Math.sqrt((4 + 1 + 0 + 9) / 4);
  advantages.forEach((value, i) => {
    expect(value).toBeCloseTo(([1, 2, 3, 6][i] - 3) / deviation, 5);
  });
  const equal = Float32Array.of(5, 5, 5);
  normalizeAdvantages(equal);
  expect([...equal]).toEqual([0, 0, 0]);
});

test.each([
  { values: [1, 2, 3, 4], explained: 1 },
  { values: [7, 8, 9, 10], explained: 1 },
  { values: [2, 2, 2, 2], explained: 0 },
  { values: [4, 3, 2, 1], explained: -3 },
])('values $values explain $explained of the variance of 1 2 3 4', ({ values, explained }) => {
  const none = new Float32Array(0);
  const batch = { rows: 4, observations: none, actions: none, advantages: none, returns: Float32Array.of(1, 2, 3, 4) };
  expect(explainedVariance({ ...batch, values: Float32Array.from(values) })).toBeCloseTo(explained, 6);
  const constant = { ...batch, returns: new Float32Array(4) };
  expect(explainedVariance({ ...constant, values: Float32Array.from(values) })).toBeNull();
});
