import { expect, test } from 'vitest';
import { explainedVariance } from './advantage-estimator.ts';

test.each([
  { values: [1, 2, 3, 4], explained: 1 },
  { values: [7, 8, 9, 10], explained: 1 },
  { values: [2, 2, 2, 2], explained: 0 },
  { values: [4, 3, 2, 1], explained: -3 },
])('values $values explain $explained of the variance of 1 2 3 4', ({ values, explained }) => {
  const batch = { rows: 4, returns: Float32Array.of(1, 2, 3, 4) };
  expect(explainedVariance({ ...batch, values: Float32Array.from(values) })).toBeCloseTo(explained, 6);
  const constant = { ...batch, returns: new Float32Array(4) };
  expect(explainedVariance({ ...constant, values: Float32Array.from(values) })).toBeNull();
});
