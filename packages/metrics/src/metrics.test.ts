import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidenceInterval, mean, normalizedScore, standardDeviation } from './index.ts';
import { studentQuantile } from './student-t.ts';

const returns = [1029, 1011, 1054, 987, 1100];

// SciPy 1.17: stats.t.ppf((1 + level) / 2, freedom).
test.each([
  [0.95, 1, 12.706204736174694],
  [0.95, 2, 4.302652729749462],
  [0.95, 3, 3.1824463052837078],
  [0.9, 4, 2.1318467863266495],
  [0.99, 5, 4.032142983555228],
  [0.5, 10, 0.6998120613124317],
  [0.95, 29, 2.045229642132703],
  [0.999, 100, 3.390491311164263],
  [0.8, 1001, 1.2823978745810514],
  [0.999, 1, 636.6192487687897],
])("Student's quantile at level %d with %d degrees of freedom is SciPy's", (level, freedom, expected) => {
  expect(Math.abs(studentQuantile(level, freedom) / expected - 1)).toBeLessThan(1e-12);
});

test('mean and standard deviation equal NumPy', () => {
  expect(mean(returns)).toBe(1036.2);
  expect(standardDeviation(returns)).toBeCloseTo(38.71640479176753, 12);
  expect(standardDeviation(returns, { ddof: 1 })).toBeCloseTo(43.2862564793954, 12);
  expect(standardDeviation(new Float32Array([3]))).toBe(0);
});

test('the Student interval equals scipy.stats.t.interval', () => {
  const { low, high } = confidenceInterval(returns);
  expect(low).toBeCloseTo(982.4530137125204, 9);
  expect(high).toBeCloseTo(1089.9469862874798, 9);
});

test('the bootstrap interval equals the one from NumPy with the same seed', () => {
  const interval = confidenceInterval(returns, { method: 'bootstrap', seed: 7, level: 0.9, resamples: 2000 });
  expect(interval.low).toBeCloseTo(1008.8, 9);
  expect(interval.high).toBeCloseTo(1063.8, 9);
  const other = confidenceInterval(returns, { method: 'bootstrap', seed: 8, level: 0.9, resamples: 2000 });
  expect(other).not.toEqual(interval);
});

test('intervals surround the mean, move with the values and widen with the level', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(values, fc.constantFrom('student', 'bootstrap'), (sample, method) => {
      const interval = (numbers: number[], level: number) =>
        confidenceInterval(numbers, method === 'student' ? { level } : { method, level, seed: 1, resamples: 200 });
      const [narrow, wide] = [interval(sample, 0.5), interval(sample, 0.99)];
      expect(wide.low).toBeLessThanOrEqual(narrow.low + 1e-9);
      expect(wide.high).toBeGreaterThanOrEqual(narrow.high - 1e-9);
      if (method === 'student') expect((wide.low + wide.high) / 2).toBeCloseTo(mean(sample), 6);
      const moved = interval(
        sample.map((value) => value + 100),
        0.5,
      );
      expect(moved.low).toBeCloseTo(narrow.low + 100, 6);
    }),
  );
});

test("normalised scores are D4RL's: 0 at random, 100 at expert, beyond both", () => {
  const halfCheetah = { min: -280.178953, max: 12135 };
  expect(normalizedScore(-280.178953, halfCheetah)).toBe(0);
  expect(normalizedScore(12135, halfCheetah)).toBe(100);
  expect(normalizedScore(5000, halfCheetah)).toBeCloseTo(42.530026937099436, 12);
  expect(normalizedScore(-1000, halfCheetah)).toBeLessThan(0);
});

test('values that allow no answer are refused', () => {
  expect(() => mean([])).toThrow('There are 0 values, expected at least 1.');
  expect(() => mean([1, Number.NaN])).toThrow('Value 1 is NaN, expected a finite number.');
  expect(() => standardDeviation([1], { ddof: 1 })).toThrow('There are 1 values, expected at least 2.');
  expect(() => confidenceInterval([1])).toThrow('expected at least 2');
  expect(() => confidenceInterval(returns, { level: 95 })).toThrow('level is 95, expected a number between 0 and 1.');
  expect(() => confidenceInterval(returns, { method: 'bootstrap', seed: 0, resamples: 0 })).toThrow('resamples is 0');
  expect(() => normalizedScore(1, { min: 2, max: 2 })).toThrow('max must exceed min');
});
