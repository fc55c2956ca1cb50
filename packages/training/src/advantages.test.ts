import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeAdvantages } from './advantages.ts';

/** One environment's advantages and returns, in float64. */
function estimate(
  rewards: number[],
  values: number[],
  lastValue: number,
  options: { gamma: number; lambda: number; terminated?: number[]; truncated?: number[]; finalValues?: number[] },
) {
  const steps = rewards.length;
  const outputs = { advantages: new Float64Array(steps), returns: new Float64Array(steps) };
  computeAdvantages(
    {
      steps,
      count: 1,
      rewards: Float64Array.from(rewards),
      values: Float64Array.from(values),
      lastValues: Float64Array.of(lastValue),
      terminated: Uint8Array.from(options.terminated ?? rewards.map(() => 0)),
      truncated: Uint8Array.from(options.truncated ?? rewards.map(() => 0)),
      finalValues: Float64Array.from(options.finalValues ?? rewards.map(() => Number.NaN)),
    },
    options,
    outputs,
  );
  return { advantages: [...outputs.advantages], returns: [...outputs.returns] };
}

test('the closed form of the geometric sum, written out for three steps', () => {
  const { advantages, returns } = estimate([1, 2, 3], [10, 20, 30], 40, { gamma: 0.5, lambda: 0.25 });
  const [d0, d1, d2] = [1 + 0.5 * 20 - 10, 2 + 0.5 * 30 - 20, 3 + 0.5 * 40 - 30];
  expect(advantages).toEqual([d0 + d1 / 8 + d2 / 64, d1 + d2 / 8, d2]);
  expect(returns).toEqual([10 + advantages[0], 20 + advantages[1], 30 + advantages[2]]);
});

test('lambda 0 is the one-step temporal difference, lambda 1 the discounted return minus the value', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (steps, last, gamma) => {
        const rewards = steps.map(([reward]) => reward);
        const values = steps.map(([, value]) => value);
        const differences = estimate(rewards, values, last, { gamma, lambda: 0 }).advantages;
        const monteCarlo = estimate(rewards, values, last, { gamma, lambda: 1 });
        let discounted = last;
        for (let t = rewards.length - 1; t >= 0; t--) {
          expect(differences[t]).toBeCloseTo(rewards[t] + gamma * (values[t + 1] ?? last) - values[t], 9);
          discounted = rewards[t] + gamma * discounted;
          expect(monteCarlo.returns[t]).toBeCloseTo(discounted, 9);
        }
      },
    ),
  );
});

test('nothing lies beyond a termination, and nothing leaks back across it', () => {
  const options = { gamma: 0.9, lambda: 0.8, terminated: [0, 1, 0] };
  const { advantages } = estimate([1, 1, 1], [2, 3, 4], 5, options);
  expect(advantages[1]).toBeCloseTo(1 - 3, 12);
  expect(advantages[0]).toBeCloseTo(1 + 0.9 * 3 - 2 + 0.72 * (1 - 3), 12);
  expect(estimate([1, 1, 99], [2, 3, 77], 55, options).advantages.slice(0, 2)).toEqual(advantages.slice(0, 2));
});

test('a truncation bootstraps with the final observation, not with the one the next episode starts from', () => {
  const options = { gamma: 0.9, lambda: 0.8, truncated: [0, 1, 0], finalValues: [Number.NaN, 7, Number.NaN] };
  const { advantages } = estimate([1, 1, 1], [2, 3, 1000], 5, options);
  expect(advantages[1]).toBeCloseTo(1 + 0.9 * 7 - 3, 12);
  expect(advantages[0]).toBeCloseTo(1 + 0.9 * 3 - 2 + 0.72 * advantages[1], 12);
});

test('a step that both terminates and is truncated counts as terminated', () => {
  const { advantages } = estimate([1], [2], 5, {
    gamma: 1,
    lambda: 1,
    terminated: [1],
    truncated: [1],
    finalValues: [9],
  });
  expect(advantages).toEqual([-1]);
});

test('constant reward forever is worth 1 / (1 - gamma) when the values say so', () => {
  const value = 1 / (1 - 0.9);
  const { advantages } = estimate(Array(50).fill(1), Array(50).fill(value), value, { gamma: 0.9, lambda: 0.95 });
  for (const advantage of advantages) expect(advantage).toBeCloseTo(0, 9);
});

test('environments side by side do not mix', () => {
  const outputs = { advantages: new Float64Array(4), returns: new Float64Array(4) };
  computeAdvantages(
    {
      steps: 2,
      count: 2,
      rewards: Float64Array.of(1, 10, 2, 20),
      values: Float64Array.of(3, 30, 4, 40),
      lastValues: Float64Array.of(5, 50),
      terminated: Uint8Array.of(0, 0, 0, 1),
      truncated: new Uint8Array(4),
      finalValues: new Float64Array(4),
    },
    { gamma: 0.5, lambda: 1 },
    outputs,
  );
  const first = estimate([1, 2], [3, 4], 5, { gamma: 0.5, lambda: 1 });
  const second = estimate([10, 20], [30, 40], 50, { gamma: 0.5, lambda: 1, terminated: [0, 1] });
  expect([...outputs.advantages]).toEqual([
    first.advantages[0],
    second.advantages[0],
    first.advantages[1],
    second.advantages[1],
  ]);
});
