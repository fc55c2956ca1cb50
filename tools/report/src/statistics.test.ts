import { expect, test } from 'vitest';
import { returnFigures } from './statistics.ts';

test('the interval is the same from single returns and from their mean and deviation', () => {
  const returns = [1, 2, 3, 4, 5];
  const fromReturns = returnFigures({ name: 'a', returns })!;
  const fromSummary = returnFigures({ name: 'a', mean: 3, std: Math.sqrt(2), episodes: 5 })!;
  expect(fromReturns.margin).toBeCloseTo((2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 2);
  expect(fromSummary.margin).toBeCloseTo(fromReturns.margin!, 12);
});

test('one episode has a mean and no interval, none has no figures', () => {
  expect(returnFigures({ name: 'a', returns: [7] })).toEqual({ mean: 7, std: 0, episodes: 1 });
  expect(returnFigures({ name: 'a', returns: [] })).toBeUndefined();
});
