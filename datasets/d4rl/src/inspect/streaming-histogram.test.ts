import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamingHistogram } from './streaming-histogram.ts';

test('bins hold what lies in them, whatever the values and their order', () => {
  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 64 }), (sample, bins) => {
      const streaming = new StreamingHistogram(bins);
      for (const value of sample) streaming.add(value);
      const { low, width, counts } = streaming.histogram()!;
      expect(counts.length).toBeLessThanOrEqual(bins);
      expect(counts[0]).toBeGreaterThan(0);
      expect(counts.at(-1)).toBeGreaterThan(0);
      const expected = counts.map(() => 0);
      for (const value of sample) expected[Math.floor(value / width) - Math.round(low / width)]++;
      expect(counts).toEqual(expected);
    }),
  );
});

test('a wide range fills at least half of the bins', () => {
  const histogram = new StreamingHistogram(64);
  for (let i = 0; i < 1000; i++) histogram.add(Math.sin(i) * 3);
  expect(histogram.histogram()!.counts.length).toBeGreaterThanOrEqual(32);
});

test('quantiles are right to a bin', () => {
  const histogram = new StreamingHistogram(1024);
  for (let i = 0; i < 1000; i++) histogram.add(i);
  expect(histogram.quantile(0.99)).toBeGreaterThanOrEqual(989);
  expect(histogram.quantile(0.99)).toBeLessThan(993);
});

test('nothing gives no histogram, one value one bin', () => {
  const histogram = new StreamingHistogram();
  expect(histogram.histogram()).toBeUndefined();
  for (let i = 0; i < 5; i++) histogram.add(0);
  expect(histogram.histogram()!.counts).toEqual([5]);
});
