import { expect, test } from 'vitest';
import { formatCount, formatDuration, formatFigure, formatTable } from './format.ts';

test('figures show the precision a reader needs', () => {
  expect([11_234.5, 812.36, 100, 42.123, 10, 3.7159, 0.0312, 1.23e-9, 0, -5.5, Number.NaN].map(formatFigure)).toEqual([
    '11,235',
    '812.4',
    '100',
    '42.12',
    '10',
    '3.72',
    '0.0312',
    '1.2e-9',
    '0',
    '-5.50',
    'NaN',
  ]);
});

test('counts and durations', () => {
  expect(formatCount(300_000)).toBe('300,000');
  expect([0, 7.4, 221, 3729].map(formatDuration)).toEqual(['0:00', '0:07', '3:41', '1:02:09']);
});

test('tables align numbers to the right and text to the left', () => {
  expect(
    formatTable(
      ['case', 'ms'],
      [
        ['a64', 0.5],
        ['a2048', 1234],
      ],
    ),
  ).toBe('case      ms\na64    0.500\na2048  1,234');
});
