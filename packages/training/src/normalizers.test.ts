import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { EpisodeStatistics } from './episode-statistics.ts';
import { RewardNormalizer } from './reward-normalizer.ts';

const none = Uint8Array.of(0, 0);

test('rewards are divided by the deviation of the discounted return of each environment, as in Gymnasium', () => {
  const normalizer = new RewardNormalizer(2, { gamma: 0.5 });
  const out = new Float32Array(5);
  const steps = [
    { rewards: [1, 4], terminated: [0, 0], returns: [1, 4] },
    { rewards: [2, 8], terminated: [0, 1], returns: [2.5, 8] },
    { rewards: [3, 6], terminated: [1, 0], returns: [3, 10] },
  ];
  // The running statistics start with mean 0, variance 1 and a count of 1e-4.
  const seen = { count: 1e-4, sum: 0, squares: 1e-4 };
  for (const { rewards, terminated, returns } of steps) {
    for (const value of returns) {
      seen.count++;
      seen.sum += value;
      seen.squares += value ** 2;
    }
    const deviation = Math.sqrt(seen.squares / seen.count - (seen.sum / seen.count) ** 2 + 1e-8);
    normalizer.normalizeInto(Float64Array.from(rewards), Uint8Array.from(terminated), out, 3);
    expect(out[3]).toBeCloseTo(rewards[0] / deviation, 4);
    expect(out[4]).toBeCloseTo(rewards[1] / deviation, 4);
  }
  expect([...out.slice(0, 3)]).toEqual([0, 0, 0]);
});

test('normalised rewards are clipped', () => {
  const normalizer = new RewardNormalizer(1, { gamma: 0.9, clip: 2 });
  const out = new Float32Array(1);
  for (let i = 0; i < 100; i++) normalizer.normalizeInto(Float64Array.of(i % 2), none, out, 0);
  normalizer.normalizeInto(Float64Array.of(-1e6), none, out, 0);
  expect(out[0]).toBe(-2);
});

test('a restored reward normaliser goes on as the saved one', () => {
  const generator = defaultRng(1);
  const original = new RewardNormalizer(2, { gamma: 0.99 });
  const out = new Float32Array(2);
  const step = (normalizer: RewardNormalizer, rewards: Float64Array) => {
    normalizer.normalizeInto(rewards, none, out, 0);
    return [...out];
  };
  for (let i = 0; i < 10; i++) step(original, Float64Array.of(generator.random(), generator.random()));
  const restored = new RewardNormalizer(2, { gamma: 0.99 });
  restored.restore(new Map(original.tensors().map(([name, tensor]) => [name, structuredClone(tensor)])));
  for (let i = 0; i < 10; i++) {
    const rewards = Float64Array.of(generator.random(), generator.random());
    expect(step(restored, rewards)).toEqual(step(original, rewards));
  }
  expect(() => new RewardNormalizer(3, { gamma: 0.99 }).restore(new Map(original.tensors()))).toThrow(
    /reward\.returns/,
  );
});

test('episode statistics cover the last episodes of all environments', () => {
  const statistics = new EpisodeStatistics(2, { window: 3 });
  expect(statistics.meanReturn).toBeUndefined();
  const step = (rewards: number[], terminated: number[], truncated: number[]) =>
    statistics.record(Float64Array.from(rewards), Uint8Array.from(terminated), Uint8Array.from(truncated));
  step([1, 10], [0, 0], [0, 0]);
  step([2, 20], [1, 0], [0, 0]);
  expect(statistics.meanReturn).toBe(3);
  step([5, 30], [0, 0], [0, 1]);
  expect(statistics.finished).toBe(2);
  expect(statistics.meanReturn).toBe((3 + 60) / 2);
  expect(statistics.meanLength).toBe(2.5);
  step([6, 1], [1, 1], [0, 0]);
  expect(statistics.meanReturn).toBeCloseTo((60 + 11 + 1) / 3, 12);
});
