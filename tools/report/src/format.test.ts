import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatNumber, formatSeconds, formatShare, formatTick } from './format.ts';

test('numbers have thousands apart, a true minus and no needless digits', () => {
  expect([1234567, -281.37, 42.25, 2.7159, 0.12345, 0, -0.0001, 12].map((value) => formatNumber(value))).toEqual([
    '1,234,567',
    '−281',
    '42.3',
    '2.72',
    '0.123',
    '0',
    '−1e−4',
    '12',
  ]);
  expect([formatNumber(-0.2, 0), formatNumber(6e-4, 1)]).toEqual(['0', '0.0']);
  expect(formatNumber(Number.NaN)).toBe('not a number');
});

test('times, sizes, shares and counts read as people say them', () => {
  expect([3.21, 41.4, 119.6, 7500].map(formatSeconds)).toEqual(['3.2 s', '41 s', '2 min 00 s', '2 h 05 min']);
  expect([512, 2_411_000, 312e6].map(formatBytes)).toEqual(['512 B', '2.4 MB', '312 MB']);
  expect(formatShare(0.9777)).toBe('97.8 %');
  expect([formatCount(1, 'episode'), formatCount(2000, 'step')]).toEqual(['1 episode', '2,000 steps']);
});

test('ticks are short', () => {
  expect([0, 250_000, 1_500_000, -300, 0.015, 1000].map(formatTick)).toEqual([
    '0',
    '250k',
    '1.5M',
    '−300',
    '0.015',
    '1,000',
  ]);
});
