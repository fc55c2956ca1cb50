import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import {
  constant,
  initialiseNetwork,
  kaimingNormal,
  kaimingUniform,
  orthogonal,
  pytorchLinear,
  zeros,
} from './initialisation.ts';
import { layoutTensors, mlpTensors, tensorsSize } from './parameter-vector.ts';

/** One `[fanIn, fanOut]` matrix. */
function fill(initialiser: ReturnType<typeof orthogonal>, fanIn: number, fanOut: number, seed = 3): Float32Array {
  const weights = new Float32Array(fanIn * fanOut);
  initialiser(weights, fanIn, fanOut, defaultRng(seed));
  return weights;
}

test('orthogonal is the Q of QR with a positive diagonal', () => {
  // numpy: q, r = qr(default_rng(3).standard_normal((4, 2))); q * sign(diag(r)), and its transpose.
  const q = [0.6949224664378322, -0.6839999356316915, 0.14236050744837753, -0.16173929793657946].concat([
    -0.1541247564436747, -0.23076101976544927, -0.6877948902181364, -0.6728549912987449,
  ]);
  const transposed = [0, 2, 4, 6, 1, 3, 5, 7].map((i) => q[i]);
  fill(orthogonal(2), 4, 2).forEach((value, i) => {
    expect(value).toBeCloseTo(2 * q[i], 6);
  });
  fill(orthogonal(2), 2, 4).forEach((value, i) => {
    expect(value).toBeCloseTo(2 * transposed[i], 6);
  });
});

test.each([
  [64, 64],
  [100, 17],
  [17, 100],
  [1, 8],
  [256, 256],
])('orthogonal %d by %d: the shorter side is orthonormal', (fanIn, fanOut) => {
  const weights = fill(orthogonal(1), fanIn, fanOut);
  const count = Math.min(fanIn, fanOut);
  const at = (vector: number, i: number) => weights[fanIn >= fanOut ? i * fanOut + vector : vector * fanOut + i];
  let largest = 0;
  for (let u = 0; u < count; u++) {
    for (let v = 0; v <= u; v++) {
      let product = 0;
      for (let i = 0; i < Math.max(fanIn, fanOut); i++) product += at(u, i) * at(v, i);
      largest = Math.max(largest, Math.abs(product - (u === v ? 1 : 0)));
    }
  }
  expect(largest).toBeLessThan(1e-6);
});

test.each<[string, ReturnType<typeof orthogonal>, number, number]>([
  // Standard deviation, and the largest magnitude where there is one.
  ['kaimingUniform, ReLU', kaimingUniform(), Math.sqrt(2 / 50), Math.sqrt(6 / 50)],
  ['kaimingUniform, tanh', kaimingUniform('tanh'), 5 / 3 / Math.sqrt(50), ((5 / 3) * Math.sqrt(3)) / Math.sqrt(50)],
  ['kaimingNormal, ReLU', kaimingNormal(), Math.sqrt(2 / 50), Infinity],
  ['kaimingNormal, gain 3', kaimingNormal(3), 3 / Math.sqrt(50), Infinity],
  ['pytorchLinear', pytorchLinear(), 1 / Math.sqrt(3 * 50), 1 / Math.sqrt(50)],
])('%s has its scale by the fan-in', (_, initialiser, deviation, bound) => {
  const weights = fill(initialiser, 50, 400);
  const mean = weights.reduce((sum, value) => sum + value, 0) / weights.length;
  const square = weights.reduce((sum, value) => sum + value * value, 0) / weights.length;
  expect(Math.abs(mean)).toBeLessThan(0.05 * deviation);
  expect(Math.abs(Math.sqrt(square) / deviation - 1)).toBeLessThan(0.02);
  const largest = weights.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(largest).toBeLessThanOrEqual(Math.fround(bound));
  if (bound < Infinity) expect(largest).toBeGreaterThan(0.99 * bound);
});

test("a network's layers get their own initialisers, weights before biases", () => {
  const tensors = mlpTensors([3, 5, 2]);
  const network = { layout: layoutTensors(tensors), parameters: new Float32Array(tensorsSize(tensors)).fill(99) };
  initialiseNetwork(network, defaultRng(7), { hidden: pytorchLinear(), output: constant(4), bias: pytorchLinear() });
  const generator = defaultRng(7);
  const bound = (n: number) => Float32Array.from({ length: n }, () => generator.uniform(-1, 1));
  const expected = [...bound(15), ...bound(5)].map((value) => value / Math.sqrt(3));
  [...network.parameters.subarray(0, 20)].forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
  expect([...network.parameters.subarray(20, 30)]).toEqual(Array(10).fill(4));
  for (const value of network.parameters.subarray(30)) expect(Math.abs(value)).toBeLessThan(1 / Math.sqrt(5));
});

test('by default biases are zero and weights orthogonal, and the seed decides all', () => {
  const tensors = mlpTensors([3, 5, 2]);
  const make = (seed: number) => {
    const network = { layout: layoutTensors(tensors), parameters: new Float32Array(tensorsSize(tensors)).fill(99) };
    initialiseNetwork(network, defaultRng(seed));
    return network.parameters;
  };
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
  expect([...make(1).subarray(15, 20)]).toEqual([0, 0, 0, 0, 0]);
  const row = make(1).subarray(0, 5);
  expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(2, 5);
});

test('zeros and constants overwrite', () => {
  const tensor = Float32Array.of(1, 2);
  constant(3)(tensor, 1, 2, defaultRng(0));
  expect([...tensor]).toEqual([3, 3]);
  zeros()(tensor, 1, 2, defaultRng(0));
  expect([...tensor]).toEqual([0, 0]);
});
