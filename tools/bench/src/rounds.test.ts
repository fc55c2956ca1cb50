import { expect, test } from 'vitest';
import { alternate, median, untilAborted } from './rounds.ts';

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

test('progress is told after every round, and an abort ends the next one', async () => {
  const told: number[] = [];
  const abort = new AbortController();
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    told.push(done / total);
    if (done === 2) abort.abort();
  };
  await expect(alternate(3, () => 1, undefined, { onProgress, signal: abort.signal })).rejects.toThrow(/abort/);
  expect(told).toEqual([0.25, 0.5]);
});

test('waiting for a peer ends with an abort', async () => {
  const abort = new AbortController();
  const waiting = untilAborted(new Promise(() => {}), abort.signal);
  abort.abort();
  await expect(waiting).rejects.toThrow(/abort/);
  expect(await untilAborted(Promise.resolve(3), new AbortController().signal)).toBe(3);
});
