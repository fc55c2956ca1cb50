import { expect, test } from 'vitest';
import { alternate, median } from './rounds.ts';

test('rounds alternate, the first is thrown away, and the ratio is the median of the pairs', async () => {
  const order: string[] = [];
  const ours = [100, 2, 4, 9];
  const peers = [1, 1, 4, 3];
  const paired = await alternate(
    3,
    () => {
      order.push('ours');
      return ours[(order.length - 1) >> 1];
    },
    async () => {
      order.push('peer');
      return peers[(order.length - 1) >> 1];
    },
  );
  expect(order).toEqual(['ours', 'peer', 'ours', 'peer', 'ours', 'peer', 'ours', 'peer']);
  expect(paired).toEqual({ ours: 4, peer: 3, ratio: 2 });
});

test('without a peer there is no ratio', async () => {
  expect(await alternate(1, () => 7)).toEqual({ ours: 7 });
});

test('the median of an even count is the mean of the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
