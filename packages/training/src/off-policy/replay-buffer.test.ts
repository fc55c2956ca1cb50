import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { ReplayBuffer } from './replay-buffer.ts';
import { createTransitionBatch } from './transition-batch.ts';

/** One environment's step in a history that a test keeps beside the buffer. */
interface Step {
  observation: number;
  action: number;
  reward: number;
  next: number;
  terminated: boolean;
  truncated: boolean;
}

/** Plays random episodes in `count` environments into the buffer; observations are all different numbers. */
function fill(buffer: ReplayBuffer, steps: number, seed: number): Step[][] {
  const { count } = buffer;
  const generator = defaultRng(seed);
  const history: Step[][] = Array.from({ length: count }, () => []);
  let fresh = 0;
  const current = Array.from({ length: count }, () => fresh++);
  for (let t = 0; t < steps; t++) {
    const rows = current.map((observation): Step => {
      const end = generator.random();
      return {
        observation,
        action: generator.uniform(-1, 1),
        reward: Math.fround(generator.standardNormal()),
        next: fresh++,
        terminated: end < 0.15,
        truncated: end > 0.85,
      };
    });
    buffer.add({
      observations: Float32Array.from(rows, ({ observation }) => observation),
      actions: Float32Array.from(rows, ({ action }) => action),
      rewards: rows.map(({ reward }) => reward),
      nextObservations: Float32Array.from(rows, ({ next }) => next),
      terminated: Uint8Array.from(rows, ({ terminated }) => Number(terminated)),
      truncated: Uint8Array.from(rows, ({ truncated }) => Number(truncated)),
    });
    rows.forEach((row, i) => {
      history[i].push(row);
      current[i] = row.terminated || row.truncated ? fresh++ : row.next;
    });
  }
  return history;
}

/** The n-step transition from a step of a history, summed plainly. */
function nStepOf(steps: readonly Step[], start: number, n: number, gamma: number) {
  let reward = 0;
  let last = start;
  for (let k = 0; k < n && start + k < steps.length; k++) {
    last = start + k;
    reward += gamma ** k * steps[last].reward;
    if (steps[last].terminated || steps[last].truncated) break;
  }
  const discount = steps[last].terminated ? 0 : gamma ** (last - start + 1);
  return { action: steps[start].action, reward, discount, next: steps[last].next };
}

test.each([
  { count: 1, nStep: 1, steps: 40, capacity: 64 },
  { count: 3, nStep: 3, steps: 40, capacity: 200 },
  { count: 2, nStep: 5, steps: 137, capacity: 50 },
])('samples are the n-step transitions of the episodes: $count environments, $nStep steps, $steps of them', (given) => {
  const gamma = 0.9;
  const buffer = new ReplayBuffer({ ...given, observationSize: 1, actionSize: 1, gamma });
  const history = fill(buffer, given.steps, 1);
  const kept = Math.min(given.steps, buffer.slots);
  expect(buffer.size).toBe(kept * given.count);
  const batch = createTransitionBatch(2000, 1, 1);
  buffer.sample(defaultRng(2), batch);
  const seen = new Set<number>();
  for (let i = 0; i < batch.size; i++) {
    const [observation] = batch.observations.subarray(i);
    const steps = history.find((own) => own.some((step) => step.observation === observation))!;
    const start = steps.findIndex((step) => step.observation === observation);
    expect(start).toBeGreaterThanOrEqual(given.steps - kept);
    const expected = nStepOf(steps, start, given.nStep, gamma);
    expect(batch.actions[i]).toBeCloseTo(expected.action, 6);
    expect(batch.rewards[i]).toBeCloseTo(expected.reward, 5);
    expect(batch.discounts[i]).toBeCloseTo(expected.discount, 6);
    expect(batch.nextObservations[i]).toBe(expected.next);
    seen.add(observation);
  }
  // 2000 draws of at most 200 miss hardly any.
  expect(seen.size).toBeGreaterThan(0.97 * buffer.size);
});

test('draws are uniform and seeded', () => {
  const buffer = new ReplayBuffer({ capacity: 10, observationSize: 1, actionSize: 1, count: 1, gamma: 0.99 });
  fill(buffer, 25, 3);
  const batch = createTransitionBatch(50_000, 1, 1);
  buffer.sample(defaultRng(4), batch);
  const counts = new Map<number, number>();
  for (const observation of batch.observations) counts.set(observation, (counts.get(observation) ?? 0) + 1);
  expect(counts.size).toBe(10);
  // Five standard deviations of a binomial count.
  for (const n of counts.values()) expect(Math.abs(n - 5000)).toBeLessThan(5 * Math.sqrt(50_000 * 0.1 * 0.9));
  const again = createTransitionBatch(50_000, 1, 1);
  buffer.sample(defaultRng(4), again);
  expect(again).toEqual(batch);
});

test('an empty buffer and one that memory has no room for say so', () => {
  const sizes = { observationSize: 3, actionSize: 2, count: 1, gamma: 0.99 };
  const batch = createTransitionBatch(4, 3, 2);
  expect(() => new ReplayBuffer({ capacity: 8, ...sizes }).sample(defaultRng(0), batch)).toThrow('is empty');
  expect(() => new ReplayBuffer({ capacity: 1e15, ...sizes })).toThrow('choose a smaller capacity');
});
