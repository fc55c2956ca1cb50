import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Draws } from './benchmark/draws.ts';
import type { Activation } from './descriptor.ts';
import { KernelMemory } from './kernel-memory.ts';
import { createMlp, type Mlp } from './mlp.ts';
import { distance, normals } from './testing/numbers.ts';
import { activations, type ReferenceMlp, referencePass, referenceTangent } from './testing/reference-mlp.ts';

const memory = KernelMemory.create();

function network(sizes: number[], activation: Activation, outputActivation: Activation = 'identity', maxBatch = 150) {
  const mlp = createMlp(memory, { sizes, activation, outputActivation, maxBatch });
  new Draws(3).fillLayers(mlp.parameters, sizes);
  return { mlp, reference: { sizes, activation, outputActivation, parameters: mlp.parameters } };
}

function draw(mlp: Mlp, batch: number, seed: number) {
  return {
    inputs: normals(batch * mlp.inputSize, seed),
    direction: {
      parameters: normals(mlp.parameters.length, seed + 1),
      inputs: normals(batch * mlp.inputSize, seed + 2),
    },
    upstream: normals(batch * mlp.outputSize, seed + 3),
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Compares tangents along parameters, inputs and both with finite differences. */
function expectTangents(mlp: Mlp, reference: ReferenceMlp, batch: number, seed: number): void {
  const { inputs, direction } = draw(mlp, batch, seed);
  for (const along of [direction, { parameters: direction.parameters }, { inputs: direction.inputs }]) {
    mlp.forward(inputs, batch);
    const expected = referenceTangent(reference, inputs, along, batch);
    expect(distance(mlp.tangent(along, batch), expected)).toBeLessThan(5e-6);
  }
}

describe.each(activations)('%s', (activation) => {
  test('tangents agree with finite differences in float64 for every batch from 1 to 70', () => {
    const { mlp, reference } = network([5, 13, 10, 3], activation, activation);
    for (let batch = 1; batch <= 70; batch += batch < 10 ? 1 : 6) expectTangents(mlp, reference, batch, 9);
  });

  test('u . (J v) = (J^T u) . v', () => {
    const { mlp } = network([7, 20, 33, 9], activation, activation);
    for (const batch of [1, 3, 4, 66, 150]) {
      const { inputs, direction, upstream } = draw(mlp, batch, 5);
      mlp.forward(inputs, batch);
      const forward = dot(mlp.tangent(direction, batch), upstream);
      mlp.gradients.fill(0);
      const byInputs = mlp.backward(upstream, batch, { inputGradients: true });
      const reverse = dot(mlp.gradients, direction.parameters) + dot(byInputs!, direction.inputs);
      expect(Math.abs(forward - reverse)).toBeLessThan(1e-5 * Math.max(100, Math.abs(reverse)));
    }
  });

  test('tangentBackward agrees with finite differences of float64 gradients', () => {
    for (const [sizes, batch] of [
      [[4, 1], 3],
      [[6, 19, 1], 2],
      [[5, 13, 10, 3], 70],
    ] as const) {
      const { mlp, reference } = network([...sizes], activation, activation);
      const { inputs, direction, upstream } = draw(mlp, batch, 11);
      // The sum over rows of u . J v is a derivative along v, so its gradient is one of the gradient of u . f.
      const gradientsAt = (step: number) => {
        const moved = Float64Array.from(inputs, (x, i) => x + step * direction.inputs[i]);
        return referencePass(reference, moved, upstream, batch).gradients;
      };
      const [above, below, farAbove, farBelow] = [1e-5, -1e-5, 2e-5, -2e-5].map(gradientsAt);
      const expected = above.map((g, i) => (8 * (g - below[i]) - (farAbove[i] - farBelow[i])) / 12e-5);
      mlp.forward(inputs, batch);
      mlp.tangent({ inputs: direction.inputs }, batch);
      mlp.gradients.fill(0);
      mlp.tangentBackward(upstream, batch);
      expect(distance(mlp.gradients, expected)).toBeLessThan(5e-6);
    }
  });
});

test('any sizes, smooth activations and batches agree with finite differences in float64', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const activation = fc.constantFrom(...activations.filter((name) => !name.includes('relu')));
  const shape = fc.record({
    sizes: fc.array(size, { minLength: 2, maxLength: 5 }),
    hidden: activation,
    last: activation,
    batch: fc.integer({ min: 1, max: 150 }),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(shape, ({ sizes, hidden, last, batch, seed }) => {
      const { mlp, reference } = network(sizes, hidden, last, batch);
      expectTangents(mlp, reference, batch, seed);
    }),
    { numRuns: 25, seed: 2 },
  );
});

test('tangents are linear in the direction, add nothing to the gradients and can be repeated', () => {
  const { mlp } = network([6, 9, 4], 'silu');
  const { inputs, direction, upstream } = draw(mlp, 10, 1);
  mlp.forward(inputs, 10);
  mlp.gradients.fill(0);
  const once = mlp.tangent(direction, 10).slice();
  const twice = mlp.tangent(
    { parameters: direction.parameters.map((x) => 2 * x), inputs: direction.inputs.map((x) => 2 * x) },
    10,
  );
  expect(twice).toEqual(once.map((x) => 2 * x));
  expect(mlp.tangent(direction, 10)).toEqual(once);
  expect(mlp.gradients.every((value) => value === 0)).toBe(true);
  mlp.backward(upstream, 10);
  const byBackward = mlp.gradients.slice();
  mlp.tangent({ inputs: direction.inputs }, 10);
  mlp.gradients.fill(0);
  mlp.backward(upstream, 10);
  expect(mlp.gradients).toEqual(byBackward);
});

test('directions are read alike from the memory and from elsewhere', () => {
  const { mlp } = network([6, 9, 4], 'tanh');
  const { inputs, direction } = draw(mlp, 10, 1);
  mlp.forward(inputs, 10);
  const elsewhere = mlp.tangent(direction, 10).slice();
  const [parameters, moved] = [memory.float32(direction.parameters.length), memory.float32(60)];
  parameters.set(direction.parameters);
  moved.set(direction.inputs);
  expect(mlp.tangent({ parameters, inputs: moved }, 10)).toEqual(elsewhere);
});

test('a tangent row has the same bytes in every batch', () => {
  const { mlp } = network([9, 33, 12], 'elu');
  const { inputs, direction } = draw(mlp, 70, 1);
  mlp.forward(inputs, 70);
  const whole = mlp.tangent(direction, 70).slice();
  for (const batch of [1, 2, 3, 4, 5, 64]) {
    mlp.forward(inputs, batch);
    expect(mlp.tangent(direction, batch)).toEqual(whole.subarray(0, batch * 12));
  }
});

test('wrong arguments and wrong orders are named', () => {
  const { mlp } = network([3, 2], 'tanh', 'identity', 4);
  const direction = new Float32Array(6);
  expect(() => mlp.tangent({ inputs: direction }, 2)).toThrow(/tangent pass over 2 rows needs a forward/);
  mlp.forward(new Float32Array(6), 2);
  expect(() => mlp.tangent({}, 2)).toThrow(/no direction/);
  expect(() => mlp.tangent({ inputs: new Float32Array(5) }, 2)).toThrow(/input tangents hold 5/);
  expect(() => mlp.tangent({ parameters: new Float32Array(7) }, 2)).toThrow(/tangents hold 7.*has 8/);
  expect(() => mlp.tangentBackward(new Float32Array(4), 2)).toThrow(/needs a tangent pass/);
  mlp.tangent({ parameters: new Float32Array(8) }, 2);
  expect(() => mlp.tangentBackward(new Float32Array(4), 2)).toThrow(/along inputs only/);
  mlp.tangent({ inputs: direction }, 2);
  mlp.tangentBackward(new Float32Array(4), 2);
  expect(() => mlp.tangentBackward(new Float32Array(3), 2)).toThrow(/tangent adjoints hold 3/);
  mlp.forward(new Float32Array(6), 2);
  expect(() => mlp.tangentBackward(new Float32Array(4), 2)).toThrow(/after the last forward/);
});
