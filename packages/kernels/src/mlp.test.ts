import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Draws } from './benchmark/draws.ts';
import { type Activation, mlpParameterCount } from './descriptor.ts';
import { KernelMemory } from './kernel-memory.ts';
import { createMlp, type Mlp } from './mlp.ts';
import { globalNorm } from './optimiser.ts';
import { distance, normals } from './testing/numbers.ts';
import { activations, type ReferenceMlp, referencePass } from './testing/reference-mlp.ts';

const memory = KernelMemory.create();

interface Form {
  sizes: number[];
  activation?: Activation;
  outputActivation?: Activation;
  maxBatch?: number;
}

function network({ sizes, activation = 'tanh', outputActivation = 'identity', maxBatch = 300 }: Form, seed = 1) {
  const mlp = createMlp(memory, { sizes, activation, outputActivation, maxBatch });
  new Draws(seed).fillLayers(mlp.parameters, sizes);
  return { mlp, reference: { sizes, activation, outputActivation, parameters: mlp.parameters } };
}

/** Largest errors of outputs, parameter gradients and input gradients against the float64 reference. */
function errors(mlp: Mlp, reference: ReferenceMlp, batch: number, seed = 7) {
  const inputs = normals(batch * mlp.inputSize, seed);
  const outputGradients = normals(batch * mlp.outputSize, seed + 1, 1 / batch);
  const expected = referencePass(reference, inputs, outputGradients, batch);
  mlp.gradients.fill(0);
  const outputs = mlp.forward(inputs, batch);
  const inputGradients = mlp.backward(outputGradients, batch, { inputGradients: true });
  return {
    outputs: distance(outputs, expected.outputs),
    gradients: distance(mlp.gradients, expected.gradients),
    inputGradients: distance(inputGradients!, expected.inputGradients),
  };
}

function expectSmall(found: ReturnType<typeof errors>): void {
  expect(found.outputs).toBeLessThan(2e-6);
  expect(found.gradients).toBeLessThan(2e-6);
  expect(found.inputGradients).toBeLessThan(2e-6);
}

test('the reference agrees with finite differences of itself', () => {
  for (const activation of activations) {
    const sizes = [3, 5, 4, 2];
    const parameters = Float64Array.from(normals(mlpParameterCount(sizes), 3, 0.7));
    const reference = { sizes, activation, outputActivation: activation, parameters };
    const inputs = Float64Array.from(normals(6, 4));
    const weights = normals(4, 5);
    const { gradients, inputGradients } = referencePass(reference, inputs, weights, 2);
    const loss = () =>
      referencePass(reference, inputs, weights, 2).outputs.reduce((sum, y, i) => sum + y * weights[i], 0);
    const slopes = (vector: Float64Array) =>
      vector.map((value, i) => {
        vector[i] = value + 1e-6;
        const above = loss();
        vector[i] = value - 1e-6;
        const below = loss();
        vector[i] = value;
        return (above - below) / 2e-6;
      });
    expect(distance(gradients, slopes(parameters))).toBeLessThan(1e-8);
    expect(distance(inputGradients, slopes(inputs))).toBeLessThan(1e-8);
  }
});

describe.each(activations)('%s', (activation) => {
  test('forward and backward agree with float64 for every batch from 1 to 70', () => {
    const { mlp, reference } = network({ sizes: [5, 13, 10, 3], activation, outputActivation: activation });
    for (let batch = 1; batch <= 70; batch++) expectSmall(errors(mlp, reference, batch));
  });

  test('NaN in an observation spoils that row and no other', () => {
    const { mlp } = network({ sizes: [7, 12, 9], activation, outputActivation: activation });
    for (const batch of [1, 2, 3, 9, 66]) {
      const inputs = normals(batch * 7, batch);
      const bad = batch >> 1;
      inputs[bad * 7 + 3] = Number.NaN;
      const outputs = mlp.forward(inputs, batch);
      const spoilt = Array.from(outputs, Number.isNaN);
      expect(spoilt).toEqual(spoilt.map((_, i) => Math.floor(i / 9) === bad));
      mlp.gradients.fill(0);
      mlp.backward(normals(batch * 9, 3), batch);
      expect(mlp.gradients.every(Number.isFinite)).toBe(false);
    }
  });
});

test('any sizes, activations and batches agree with float64', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const activation = fc.constantFrom(...activations);
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 2, maxLength: 5 }),
      activation,
      activation,
      fc.integer({ min: 1, max: 150 }),
      fc.nat(1000),
      (sizes, hidden, last, batch, seed) => {
        const form = { sizes, activation: hidden, outputActivation: last, maxBatch: batch };
        const { mlp, reference } = network(form, seed + 1);
        expectSmall(errors(mlp, reference, batch, seed));
      },
    ),
    { numRuns: 120, seed: 5 },
  );
});

test('wide layers and several blocks of rows agree with float64', () => {
  const { mlp, reference } = network({ sizes: [17, 256, 256, 6], activation: 'relu', outputActivation: 'tanh' });
  for (const batch of [1, 16, 129]) expectSmall(errors(mlp, reference, batch));
});

test('a row gives the same bytes in every batch', () => {
  for (const sizes of [
    [17, 64, 64, 6],
    [3, 20, 7, 1],
    [1, 1],
    [9, 33, 12],
  ]) {
    const { mlp } = network({ sizes, activation: 'silu' });
    const inputs = normals(70 * sizes[0], 2);
    const whole = mlp.forward(inputs, 70).slice();
    for (const batch of [1, 2, 3, 4, 5, 64]) {
      expect(mlp.forward(inputs, batch)).toEqual(whole.subarray(0, batch * mlp.outputSize));
    }
  }
});

test('the same work gives the same bytes', () => {
  const run = () => {
    const { mlp } = network({ sizes: [11, 40, 40, 5] });
    const outputs = mlp.forward(normals(100 * 11, 1), 100).slice();
    const inputGradients = mlp.backward(normals(100 * 5, 2), 100, { inputGradients: true })!.slice();
    return { outputs, inputGradients, gradients: mlp.gradients.slice() };
  };
  expect(run()).toEqual(run());
});

test('gradients add up over backward passes, and stay when parameters are skipped', () => {
  const { mlp } = network({ sizes: [6, 9, 4] });
  const inputs = normals(60, 1);
  const outputGradients = normals(40, 2);
  mlp.forward(inputs, 10);
  const inputGradients = mlp.backward(outputGradients, 10, { inputGradients: true })!.slice();
  const once = mlp.gradients.slice();
  expect(mlp.backward(outputGradients, 10)).toBeUndefined();
  expect(
    distance(
      mlp.gradients,
      once.map((value) => 2 * value),
    ),
  ).toBeLessThan(1e-7);

  const before = mlp.gradients.slice();
  const again = mlp.backward(outputGradients, 10, { inputGradients: true, skipParameters: true });
  expect(mlp.gradients).toEqual(before);
  expect(again).toEqual(inputGradients);
});

test('networks in one vector leave each other and the rest alone', () => {
  const sizes = [5, 6, 3];
  const count = mlpParameterCount(sizes);
  const parameters = memory.float32(2 * count + 3).fill(Number.NaN);
  const gradients = memory.float32(2 * count + 3).fill(8);
  const between = (from: number) => ({
    parameters: parameters.subarray(from, from + count),
    gradients: gradients.subarray(from, from + count),
  });
  const mlp = createMlp(memory, { sizes, activation: 'relu', maxBatch: 9, ...between(count) });
  new Draws(1).fillLayers(mlp.parameters, sizes);
  const form = { sizes, activation: 'relu', outputActivation: 'identity', parameters: mlp.parameters } as const;
  for (const batch of [1, 9]) expectSmall(errors(mlp, form, batch));
  expect(gradients.subarray(0, count).every((value) => value === 8)).toBe(true);
  expect(gradients.subarray(2 * count).every((value) => value === 8)).toBe(true);
});

test('what follows the inputs in memory has no influence', () => {
  const { mlp } = network({ sizes: [5, 8, 3], maxBatch: 6 });
  const buffer = memory.float32(100);
  buffer.set(normals(30, 1));
  const results = [0, Number.NaN].map((filler) => {
    buffer.fill(filler, 30);
    mlp.gradients.fill(0);
    const outputs = mlp.forward(buffer.subarray(0, 30), 6).slice();
    mlp.backward(buffer.subarray(12, 30), 6);
    return { outputs, gradients: mlp.gradients.slice() };
  });
  expect(results[1]).toEqual(results[0]);
});

test('pointers beyond 2 GiB work', () => {
  const large = KernelMemory.create({ bytes: 3 * 2 ** 30 });
  large.float32(2 ** 29 + 2 ** 27);
  const sizes = [9, 20, 7];
  const mlp = createMlp(large, { sizes, activation: 'elu', maxBatch: 70 });
  expect(mlp.parameters.byteOffset).toBeGreaterThan(2 ** 31);
  new Draws(1).fillLayers(mlp.parameters, sizes);
  const form = { sizes, activation: 'elu', outputActivation: 'identity', parameters: mlp.parameters } as const;
  for (const batch of [2, 70]) expectSmall(errors(mlp, form, batch));
  expect(globalNorm(large, mlp.parameters)).toBeCloseTo(Math.hypot(...mlp.parameters), 4);
});

test('inputs are read alike from the memory, from the input buffer and from elsewhere', () => {
  const { mlp } = network({ sizes: [6, 8, 2] });
  const inputs = normals(30, 1);
  const elsewhere = mlp.forward(inputs, 5).slice();
  const longer = mlp.forward(Float32Array.of(...inputs, 1, 2, 3), 5).slice();
  const inMemory = memory.float32(30);
  inMemory.set(inputs);
  const inPlace = mlp.forward(inMemory, 5).slice();
  mlp.inputBuffer.set(inputs);
  expect([longer, inPlace, mlp.forward(mlp.inputBuffer, 5)]).toEqual([elsewhere, elsewhere, elsewhere]);
});

test('wrong arguments are named', () => {
  const form = { sizes: [3, 2], activation: 'tanh', maxBatch: 4 } as const;
  expect(() => createMlp(memory, { ...form, sizes: [3] })).toThrow(/sizes are \[3\]/);
  expect(() => createMlp(memory, { ...form, sizes: [3, 0] })).toThrow(/sizes are \[3,0\]/);
  expect(() => createMlp(memory, { ...form, maxBatch: 0 })).toThrow(/maxBatch is 0/);
  expect(() => createMlp(memory, { ...form, activation: 'toString' as Activation })).toThrow(
    /no activation "toString"/,
  );
  expect(() => createMlp(memory, { ...form, parameters: new Float32Array(8) })).toThrow(/parameters hold 8/);
  expect(() => createMlp(memory, { ...form, gradients: memory.float32(7) })).toThrow(/gradients hold 7/);
  const mlp = createMlp(memory, form);
  expect(() => mlp.forward(new Float32Array(15), 5)).toThrow(/batch is 5.*1 to 4/);
  expect(() => mlp.forward(new Float32Array(5), 2)).toThrow(/inputs hold 5 numbers/);
  mlp.forward(new Float32Array(6), 2);
  expect(() => mlp.backward(new Float32Array(3), 2)).toThrow(/output gradients hold 3 numbers/);
  expect(() => mlp.backward(new Float32Array(2), 1)).toThrow(/the last had 2/);
});
