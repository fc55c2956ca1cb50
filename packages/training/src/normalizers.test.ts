import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { EpisodeStatistics } from './episode-statistics.ts';
import { RewardNormalizer } from './reward-normalizer.ts';

const none = Uint8Array.of(0, 0);

test('rewards are divided by the deviation of the discounted return, per environment and anew in every episode', () => {
  const normalizer = new RewardNormalizer(2, { gamma: 0.5 });
  const out = new Float32Array(5);
  // The running statistics start with mean 0, variance 1 and a count of 1e-4.
  const steps: { rewards: number[]; ended: number[] }[] = [
    { rewards: [1, 4], ended: [0, 1] },
    { rewards: [2, 8], ended: [0, 0] },
  ];
  let count = 1e-4;
  let squares = 1e-4;
  let sum = 0;
  const returns = [0, 0];
  for (const { rewards, ended } of steps) {
    for (let i = 0; i < 2; i++) {
      returns[i] = 0.5 * returns[i] + rewards[i];
      count++;
      sum += returns[i];
      squares += returns[i] ** 2;
    }
    const deviation = Math.sqrt(squares / count - (sum / count) ** 2 + 1e-8);
    normalizer.normalizeInto(Float64Array.from(rewards), Uint8Array.from(ended), none, out, 3);
    expect(out[3]).toBeCloseTo(rewards[0] / deviation, 4);
    expect(out[4]).toBeCloseTo(rewards[1] / deviation, 4);
    for (let i = 0; i < 2; i++) if (ended[i] === 1) returns[i] = 0;
  }
  expect([...out.slice(0, 3)]).toEqual([0, 0, 0]);
});

test('normalised rewards are clipped', () => {
  const normalizer = new RewardNormalizer(1, { gamma: 0.9, clip: 2 });
  const out = new Float32Array(1);
  for (let i = 0; i < 100; i++) normalizer.normalizeInto(Float64Array.of(i % 2), none, none, out, 0);
  normalizer.normalizeInto(Float64Array.of(-1e6), none, none, out, 0);
  expect(out[0]).toBe(-2);
});

test('a restored reward normaliser goes on as the saved one', () => {
  const generator = defaultRng(1);
  const original = new RewardNormalizer(2, { gamma: 0.99 });
  const out = new Float32Array(2);
  const step = (normalizer: RewardNormalizer, rewards: Float64Array) => {
    normalizer.normalizeInto(rewards, none, none, out, 0);
    return [...out];
  };
  for (let i = 0; i < 10; i++) step(original, Float64Array.of(generator.random(), generator.random()));
  const restored = new RewardNormalizer(2, { gamma: 0.99 });
  restored.restore(new Map(original.tensors().map(([name, tensor]) => [name, structuredClone(tensor)])));
  for (let i = 0; i < 10; i++) {
    const rewards = Float64Array.of(generator.random(), generator.random());
    expect(step(restored, rewards)).toEqual(step(original, rewards));
  }
  expect(() => new RewardNormalizer(3, { gamma: 0.99 }).restore(new Map(original.tensors()))).toThrow(/reward\.returns/);
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
