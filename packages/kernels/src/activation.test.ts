import { expect, test } from 'vitest';
import type { Activation } from './descriptor.ts';
import { KernelMemory } from './kernel-memory.ts';
import { createMlp } from './mlp.ts';
import { activations, referenceActivation } from './testing/reference-mlp.ts';

const memory = KernelMemory.create();
const BATCH = 4096;

/** An activation by itself: a network of one unit with weight 1 and bias 0. */
function evaluator(activation: Activation): (values: Float32Array) => Float32Array {
  const mlp = createMlp(memory, { sizes: [1, 1], activation, outputActivation: activation, maxBatch: BATCH });
  mlp.parameters[0] = 1;
  return (values) => mlp.forward(values, values.length).slice();
}

/** Numbers over the whole range: evenly over [-20, 20], and of every magnitude of both signs. */
function sweep(): Float32Array[] {
  const even = Array.from({ length: 40 }, (_, part) =>
    Float32Array.from({ length: BATCH }, (_, i) => -20 + (40 * (part * BATCH + i)) / (40 * BATCH)),
  );
  const magnitudes = [-1, 1].map((sign) =>
    Float32Array.from({ length: BATCH }, (_, i) => sign * 10 ** (-37 + (i * 75) / BATCH)),
  );
  return [...even, ...magnitudes];
}

test.each(activations)('%s is exact to 4e-7 absolute or relative over the whole range', (activation) => {
  const evaluate = evaluator(activation);
  let worst = 0;
  for (const values of sweep()) {
    const results = evaluate(values);
    for (let i = 0; i < BATCH; i++) {
      const expected = referenceActivation(activation, values[i]);
      worst = Math.max(worst, Math.abs(results[i] - expected) / Math.max(1, Math.abs(expected)));
    }
  }
  expect(worst).toBeLessThan(4e-7);
});

test.each(['tanh', 'elu'] as const)('%s keeps its relative precision near 0', (activation) => {
  const values = Float32Array.from({ length: BATCH }, (_, i) => -(10 ** (-30 + (i * 30) / BATCH)));
  const results = evaluator(activation)(values);
  const errors = results.map((result, i) => Math.abs(result / referenceActivation(activation, values[i]) - 1));
  expect(Math.max(...errors)).toBeLessThan(5e-7);
});

test('tanh is odd and never leaves [-1, 1]', () => {
  const evaluate = evaluator('tanh');
  for (const values of sweep()) {
    const results = evaluate(values);
    expect(results.every((result) => Math.abs(result) <= 1)).toBe(true);
    expect(evaluate(values.map((value) => -value)).map((result) => 0 - result)).toEqual(results);
  }
});

test('infinities have their limits and NaN stays NaN', () => {
  const values = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0);
  const at = (activation: Activation) => Array.from(evaluator(activation)(values), (value) => +value.toFixed(5) + 0);
  expect(at('tanh')).toEqual([1, -1, Number.NaN, 0]);
  expect(at('relu')).toEqual([Number.POSITIVE_INFINITY, 0, Number.NaN, 0]);
  expect(at('leaky-relu')).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0]);
  expect(at('silu')).toEqual([Number.POSITIVE_INFINITY, 0, Number.NaN, 0]);
  expect(at('elu')).toEqual([Number.POSITIVE_INFINITY, -1, Number.NaN, 0]);
});
