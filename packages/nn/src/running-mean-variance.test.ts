import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningMeanVariance } from './running-mean-variance.ts';
import { inputErrorOf } from './testing/input-error.ts';

test("two batches give the moments of Gymnasium's RunningMeanStd", () => {
  const statistics = new RunningMeanVariance(2);
  statistics.update(Float64Array.of(1, 10, 2, -20, 4, 30));
  statistics.update(Float64Array.of(0.5, 7, 8, 9));
  // From gymnasium 1.3: RunningMeanStd(shape=(2,)), the same two updates, then (x - mean) / sqrt(var + 1e-8).
  expect(statistics.mean[0]).toBeCloseTo(3.099938001239975, 13);
  expect(statistics.mean[1]).toBeCloseTo(7.199856002879942, 13);
  expect(statistics.variance[0]).toBeCloseTo(7.440063394888179, 12);
  expect(statistics.variance[1]).toBeCloseTo(254.15597365979121, 11);
  expect(statistics.count).toBe(5.0001);
  const out = new Float64Array(2);
  statistics.normalizeInto(Float64Array.of(3, 100), out);
  expect(out[0]).toBeCloseTo(-0.036638892786142505, 13);
  expect(out[1]).toBeCloseTo(5.821011928020758, 13);
});

test('before any data it changes nothing but the last digits', () => {
  const out = new Float64Array(2);
  new RunningMeanVariance(2).normalizeInto(Float64Array.of(3, -4), out);
  expect(out[0]).toBeCloseTo(3, 6);
  expect(out[1]).toBeCloseTo(-4, 6);
});

test('any split of a stream gives the moments of the whole', () => {
  const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 }), fc.nat(), (rows, cut) => {
      const flat = Float64Array.from(rows.flat());
      const first = 2 * (cut % (rows.length + 1));
      const whole = new RunningMeanVariance(2, { initialCount: 0 });
      whole.update(flat);
      const halves = new RunningMeanVariance(2, { initialCount: 0 });
      halves.update(flat.subarray(0, first));
      halves.update(flat.subarray(first));
      const [left, right] = [1, 2].map(() => new RunningMeanVariance(2, { initialCount: 0 }));
      left.update(flat.subarray(0, first));
      right.update(flat.subarray(first));
      left.combine(right);
      for (const split of [halves, left]) {
        expect(split.count).toBe(rows.length);
        for (let i = 0; i < 2; i++) {
          expect(Math.abs(split.mean[i] - whole.mean[i])).toBeLessThan(1e-9);
          expect(Math.abs(split.variance[i] - whole.variance[i])).toBeLessThan(1e-7);
        }
      }
    }),
  );
});

test('a component that never varies is divided by the root of epsilon', () => {
  const statistics = new RunningMeanVariance(1, { initialCount: 0 });
  statistics.update(Float64Array.of(5, 5));
  const out = new Float64Array(1);
  statistics.normalizeInto(Float64Array.of(5.5), out, { epsilon: 0.01 });
  expect(out[0]).toBeCloseTo(5, 12);
  statistics.normalizeInto(Float64Array.of(5), out);
  expect(out[0]).toBe(0);
});

test('a large offset does not spoil the variance', () => {
  const statistics = new RunningMeanVariance(1, { initialCount: 0 });
  for (let i = 0; i < 1000; i++) statistics.update(Float64Array.of(1e9 + (i % 2)));
  expect(statistics.variance[0]).toBeCloseTo(0.25, 6);
});

test('only the given rows count, and an empty batch is no batch', () => {
  const statistics = new RunningMeanVariance(1, { initialCount: 0 });
  statistics.update(Float32Array.of(1, 3, 1000), 2);
  statistics.update(Float32Array.of(5), 0);
  expect(statistics.mean[0]).toBe(2);
  expect(statistics.variance[0]).toBe(1);
  expect(statistics.count).toBe(2);
});

test('normalising clips, may leave the mean, and works in place', () => {
  const statistics = new RunningMeanVariance(1, { initialCount: 0 });
  statistics.update(Float64Array.of(1, 3));
  const values = Float32Array.of(2.5, 50, -50, Number.NaN);
  statistics.normalizeInto(values, values, { clip: 10 });
  expect([...values]).toEqual([0.5, 10, -10, Number.NaN]);
  const uncentered = new Float64Array(1);
  statistics.normalizeInto(Float64Array.of(2.5), uncentered, { center: false });
  expect(uncentered[0]).toBeCloseTo(2.5, 6);
});

test('a restored copy continues bit for bit; the saved state is not tied to it', () => {
  const original = new RunningMeanVariance(2);
  original.update(Float32Array.of(1, 2, 3, 5));
  const state = original.save();
  const restored = new RunningMeanVariance(2);
  restored.restore(state);
  for (const statistics of [original, restored]) statistics.update(Float32Array.of(-7, 0.1));
  expect(restored.save()).toEqual(original.save());
  const early = new RunningMeanVariance(2);
  early.update(Float32Array.of(1, 2, 3, 5));
  expect(state).toEqual(early.save());
});

test('a state of another size or with a negative variance is refused', () => {
  const statistics = new RunningMeanVariance(2);
  const other = new RunningMeanVariance(3).save();
  expect(inputErrorOf(() => statistics.restore(other))).toMatch(/3 components where 2 are expected/);
  for (const damage of [{ variance: Float64Array.of(1, -1) }, { variance: Float64Array.of(1, NaN) }, { count: -1 }]) {
    const state = { ...statistics.save(), ...damage };
    expect(inputErrorOf(() => statistics.restore(state))).toMatch(/negative/);
  }
  expect([...statistics.variance]).toEqual([1, 1]);
});
