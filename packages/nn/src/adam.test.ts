import { KernelMemory } from '@understudy/kernels';
import { expect, test } from 'vitest';
import { Adam, AdamW } from './adam.ts';
import { allocateParameters } from './parameter-vector.ts';
import { polyakUpdate } from './polyak.ts';
import { decodeSafetensors } from './safetensors/decode.ts';
import { encodeSafetensors } from './safetensors/encode.ts';
import { inputErrorOf } from './testing/input-error.ts';

function makeVector(values: number[]) {
  const vector = allocateParameters(KernelMemory.create(), [{ name: 'x', shape: [values.length] }]);
  vector.parameters.set(values);
  return vector;
}

/** Five steps with a falling learning rate, as the fixtures below were made. */
function run(optimiser: Adam, gradients: Float32Array, from = 0, to = 5): number {
  let norm = 0;
  for (let k = from; k < to; k++) {
    gradients.set([1 + k, -0.5, 4 * (-1) ** k]);
    norm = optimiser.step(0.1 / (k + 1));
  }
  return norm;
}

test.each([
  // PyTorch 2.13 in float64, with clip_grad_norm_(2) before every step.
  ['Adam', Adam, {}, [0.7745068616258163, -1.7733121343299842, 2.886144190192069]],
  ['AdamW', AdamW, { weightDecay: 0.1 }, [0.7537130007403015, -1.7298834183816947, 2.8195254643178633]],
] as const)("%s takes PyTorch's steps", (_, Optimiser, options, expected) => {
  const vector = makeVector([1, -2, 3]);
  const optimiser = new Optimiser(vector, { ...options, maxGradientNorm: 2 });
  expect(run(optimiser, vector.gradients)).toBeCloseTo(6.422616289332565, 5);
  vector.parameters.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 5);
  });
  expect([...vector.gradients]).toEqual([5, -0.5, 4]);
  expect(optimiser.steps).toBe(5);
});

test("AdamW decays by .01 unless told, as PyTorch's does", () => {
  const vector = makeVector([1, 2]);
  new AdamW(vector).step(0.1);
  expect(vector.parameters[0]).toBeCloseTo(0.999, 6);
  expect(vector.parameters[1]).toBeCloseTo(1.998, 6);
});

test('the first step without clipping is the learning rate against the sign of the gradient', () => {
  const vector = makeVector([0, 0]);
  vector.gradients.set([1000, -0.001]);
  expect(new Adam(vector, { learningRate: 0.01 }).step()).toBeCloseTo(1000, 3);
  expect(vector.parameters[0]).toBeCloseTo(-0.01, 6);
  expect(vector.parameters[1]).toBeCloseTo(0.01, 6);
});

test('a restored optimiser continues bit for bit, by its state and through a file', () => {
  const whole = makeVector([1, -2, 3]);
  run(new Adam(whole), whole.gradients);
  const first = makeVector([1, -2, 3]);
  const optimiser = new Adam(first);
  run(optimiser, first.gradients, 0, 2);
  const state = optimiser.save();
  const bytes = encodeSafetensors([...first.tensors(), ...optimiser.tensors('optimiser')]);
  run(optimiser, first.gradients, 2, 5);
  expect([...first.parameters]).toEqual([...whole.parameters]);
  const { tensors } = decodeSafetensors(bytes, 'file');
  for (const restore of [(adam: Adam) => adam.restore(state), (adam: Adam) => adam.load(tensors, 'optimiser')]) {
    const second = makeVector([0, 0, 0]);
    second.load(tensors);
    const resumed = new Adam(second);
    restore(resumed);
    expect(resumed.steps).toBe(2);
    run(resumed, second.gradients, 2, 5);
    expect([...second.parameters]).toEqual([...whole.parameters]);
  }
});

test('a state of other parameters is refused', () => {
  const adam = new Adam(makeVector([1, 2]));
  const other = new Adam(makeVector([1]));
  expect(inputErrorOf(() => adam.restore(other.save()))).toMatch(/of 1 parameters where 2 are expected/);
  expect(inputErrorOf(() => adam.load(new Map(other.tensors())))).toMatch(/of 1 parameters where 2 are expected/);
  expect(inputErrorOf(() => adam.load(new Map(), 'adam', 'x.safetensors'))).toMatch(/^x\.safetensors holds no .*adam/);
  expect(adam.steps).toBe(0);
});

test('polyakUpdate moves the target by the share tau', () => {
  const memory = KernelMemory.create();
  const [target, source] = [1, 2].map(() => allocateParameters(memory, [{ name: 'x', shape: [5] }]));
  target.parameters.fill(1);
  source.parameters.set([1, 3, 5, -7, 9]);
  polyakUpdate(target, source, 0.25);
  expect([...target.parameters]).toEqual([1, 1.5, 2, -1, 3]);
  polyakUpdate(target, source, 1);
  expect([...target.parameters]).toEqual([1, 3, 5, -7, 9]);
});
