import { defaultRng } from '@understudy/random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GoalTask } from './goal-task.ts';
import { HindsightReplayBuffer, type HindsightReplayOptions } from './hindsight-replay-buffer.ts';
import { createTransitionBatch, type TransitionBatch } from './transition-batch.ts';

const achievedAt = 1;
const desiredAt = 3;
const goalSize = 2;
const observationSize = 5;

/** Rewards that tell which goals they were computed from. */
const task: GoalTask = {
  goalSize,
  achievedAt,
  desiredAt,
  computeReward(achieved, desired, rewards = new Float64Array(achieved.length / goalSize)) {
    for (let i = 0; i < rewards.length; i++) {
      rewards[i] =
        Math.abs(achieved[2 * i] - desired[2 * i]) + 0.5 * Math.abs(achieved[2 * i + 1] - desired[2 * i + 1]);
    }
    return rewards;
  },
};

interface Step {
  observation: number[];
  action: number;
  reward: number;
  next: number[];
  terminated: boolean;
  truncated: boolean;
}

/** Plays random episodes into the buffer, in which every achieved goal is a number of its own; the history is kept. */
function fill(buffer: HindsightReplayBuffer, steps: number, endProbability: number, seed: number): Step[][] {
  const { count } = buffer;
  const generator = defaultRng(seed);
  const history: Step[][] = Array.from({ length: count }, () => []);
  let fresh = 0;
  const begin = () => [generator.random(), fresh++, 0.5, 1000 + fresh, -1];
  const current = Array.from({ length: count }, begin);
  for (let t = 0; t < steps; t++) {
    const rows = current.map((observation): Step => {
      const next = [generator.random(), fresh++, 0.5, observation[desiredAt], observation[desiredAt + 1]];
      const end = generator.random();
      const [reward] = task.computeReward(Float32Array.from(next.slice(1, 3)), Float32Array.from(next.slice(3, 5)));
      const flags = { terminated: end < endProbability / 2, truncated: end > 1 - endProbability / 2 };
      return { observation, action: generator.uniform(-1, 1), reward, next, ...flags };
    });
    buffer.add({
      observations: Float32Array.from(rows.flatMap(({ observation }) => observation)),
      actions: Float32Array.from(rows, ({ action }) => action),
      rewards: rows.map(({ reward }) => reward),
      nextObservations: Float32Array.from(rows.flatMap(({ next }) => next)),
      terminated: Uint8Array.from(rows, ({ terminated }) => Number(terminated)),
      truncated: Uint8Array.from(rows, ({ truncated }) => Number(truncated)),
    });
    rows.forEach((row, i) => {
      history[i].push(row);
      current[i] = row.terminated || row.truncated ? begin() : row.next;
    });
  }
  return history;
}

function createBuffer(options: Partial<HindsightReplayOptions> = {}): HindsightReplayBuffer {
  const sizes = { observationSize, actionSize: 1, count: 1, capacity: 64, gamma: 0.9 };
  return new HindsightReplayBuffer({ ...sizes, task, goalsPerTransition: 4, ...options });
}

function drawBatch(buffer: HindsightReplayBuffer, size: number, seed: number): TransitionBatch {
  const batch = createTransitionBatch(size, observationSize, 1);
  buffer.sample(defaultRng(seed), batch);
  return batch;
}

/** Row `i` of a batch's column. */
const rowOf = (column: Float32Array, i: number, width = observationSize) => [
  ...column.subarray(i * width, (i + 1) * width),
];
const float32 = (values: readonly number[]) => [...Float32Array.from(values)];

/** What the step's episode achieved at it and after it. */
function laterGoals(steps: readonly Step[], start: number): string[] {
  const goals: string[] = [];
  for (let t = start; t < steps.length; t++) {
    goals.push(String(float32(steps[t].next.slice(achievedAt, achievedAt + goalSize))));
    if (steps[t].terminated || steps[t].truncated) break;
  }
  return goals;
}

test('a transition is original, or has a goal that its episode achieved later and the reward of that', () => {
  const given = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    capacity: fc.integer({ min: 1, max: 60 }),
    steps: fc.integer({ min: 1, max: 90 }),
    endProbability: fc.double({ min: 0, max: 0.6, noNaN: true }),
    goalsPerTransition: fc.integer({ min: 0, max: 6 }),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(given, ({ count, capacity, steps, endProbability, goalsPerTransition, seed }) => {
      const buffer = createBuffer({ count, capacity, goalsPerTransition });
      const history = fill(buffer, steps, endProbability, seed);
      const batch = drawBatch(buffer, 35, seed);
      const relabelled = Math.round((35 * goalsPerTransition) / (1 + goalsPerTransition));
      for (let i = 0; i < batch.size; i++) {
        const observation = rowOf(batch.observations, i);
        const next = rowOf(batch.nextObservations, i);
        // The achieved number is found once in the whole history.
        const own = history.find((all) => all.some((step) => step.next[achievedAt] === next[achievedAt]))!;
        const start = own.findIndex((step) => step.next[achievedAt] === next[achievedAt]);
        const step = own[start];
        expect(observation.slice(0, desiredAt)).toEqual(float32(step.observation.slice(0, desiredAt)));
        expect(next.slice(0, desiredAt)).toEqual(float32(step.next.slice(0, desiredAt)));
        expect(batch.actions[i]).toBe(Math.fround(step.action));
        expect(batch.discounts[i]).toBe(step.terminated ? 0 : Math.fround(0.9));
        const goal = next.slice(desiredAt);
        expect(observation.slice(desiredAt)).toEqual(goal);
        if (i < relabelled) {
          expect(laterGoals(own, start)).toContain(String(goal));
          const achieved = Float32Array.from(next.slice(achievedAt, achievedAt + goalSize));
          const [reward] = task.computeReward(achieved, Float32Array.from(goal));
          expect(batch.rewards[i]).toBe(Math.fround(reward));
        } else {
          expect(goal).toEqual(float32(step.next.slice(desiredAt)));
          expect(batch.rewards[i]).toBe(Math.fround(step.reward));
        }
      }
    }),
    { numRuns: 30, seed: 1 },
  );
});

test('all later steps of the episode are drawn, equally often', () => {
  const buffer = createBuffer({ capacity: 8 });
  const [steps] = fill(buffer, 13, 0, 3);
  const batch = drawBatch(buffer, 50_000, 4);
  const first = steps[13 - 8];
  const counts = new Map<number, number>();
  for (let i = 0; i < 40_000; i++) {
    const next = rowOf(batch.nextObservations, i);
    if (next[achievedAt] === first.next[achievedAt])
      counts.set(next[desiredAt], (counts.get(next[desiredAt]) ?? 0) + 1);
  }
  // The oldest row at hand is an eighth of the draws, and each of the eight later steps an eighth of those.
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual(steps.slice(5).map(({ next }) => next[achievedAt]));
  for (const n of counts.values()) expect(Math.abs(n - 625)).toBeLessThan(5 * Math.sqrt(625));
});

test.each([
  [4, 256, 205],
  [1, 256, 128],
  [0, 256, 0],
])('with k = %i, of %i transitions %i have other goals', (goalsPerTransition, size, expected) => {
  const buffer = createBuffer({ goalsPerTransition });
  fill(buffer, 64, 0.1, 5);
  const batch = drawBatch(buffer, size, 6);
  // Desired goals have numbers from 1000 on, achieved ones below.
  const others = Array.from({ length: size }, (_, i) => rowOf(batch.observations, i)).filter(
    (observation) => observation[desiredAt] < 1000,
  );
  expect(others).toHaveLength(expected);
});

test.each([20, 64, 150])('brought back from its columns after %i steps, it samples the same', (steps) => {
  const options = { count: 2, capacity: 64 };
  const buffer = createBuffer(options);
  fill(buffer, steps, 0.1, 7);
  const restored = createBuffer(options);
  fill(restored, 200, 0.1, 11);
  for (const name of ['observations', 'actions', 'rewards', 'nextObservations', 'terminated', 'truncated'] as const) {
    restored[name].set(buffer[name]);
  }
  restored.restoreAdded(buffer.added);
  expect(drawBatch(restored, 100, 8)).toEqual(drawBatch(buffer, 100, 8));
  fill(restored, 30, 0.2, 9);
  fill(buffer, 30, 0.2, 9);
  expect(drawBatch(restored, 100, 10)).toEqual(drawBatch(buffer, 100, 10));
});

test('success is a last reward as good as that of the very goal, over the last 20 episodes', () => {
  const sparse: GoalTask = {
    ...task,
    computeReward: (achieved, desired, rewards = new Float64Array(achieved.length / goalSize)) =>
      rewards.map((_, i) => (Math.abs(achieved[2 * i] - desired[2 * i]) < 1 ? 0 : -1)),
  };
  const buffer = createBuffer({ task: sparse, capacity: 100, count: 2 });
  expect(buffer.metrics()).toEqual({ successRate: null });
  const add = (rewards: number[], ended: number[]) =>
    buffer.add({
      observations: new Float32Array(2 * observationSize),
      actions: new Float32Array(2),
      rewards,
      nextObservations: new Float32Array(2 * observationSize),
      terminated: Uint8Array.of(0, 0),
      truncated: Uint8Array.from(ended),
    });
  add([0, 0], [0, 0]);
  expect(buffer.metrics()).toEqual({ successRate: null });
  add([-1, 0], [1, 0]);
  expect(buffer.metrics()).toEqual({ successRate: 0 });
  add([0, 0], [1, 1]);
  expect(buffer.metrics().successRate).toBeCloseTo(2 / 3, 12);
  for (let i = 0; i < 10; i++) add([0, -1], [1, 1]);
  expect(buffer.metrics()).toEqual({ successRate: 0.5 });
});
