import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { defaultRng } from '@understudy/random';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradientPenalty, r1Penalty } from './gradient-penalty.ts';
import { constant, initialiseNetwork, kaimingUniform, pytorchLinear } from './initialisation.ts';
import { createMlpNetwork, type MlpOptions } from './mlp-network.ts';
import { largestError } from './testing/finite-differences.ts';
import { tfjsActivations } from './testing/tfjs-activations.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const generator = defaultRng(23);

/** A network and the gradient of its output by its inputs as a function of tfjs variables. */
function makeTwins(options: MlpOptions, batch: number) {
  const network = createMlpNetwork(options);
  initialiseNetwork(network, generator, {
    hidden: kaimingUniform(1.3),
    output: kaimingUniform(1),
    bias: pytorchLinear(),
  });
  const inputs = Float32Array.from({ length: batch * network.inputSize }, () => generator.uniform(-1.5, 1.5));
  const variables = network.layout.map(({ shape, offset }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.variable(tf.tensor(network.parameters.slice(offset, offset + size), [...shape]));
  });
  const outputs = (x: tf.Tensor) => {
    let values = x;
    for (let i = 0; i < variables.length; i += 2) {
      const sums = tf.add(tf.matMul(values, variables[i]), variables[i + 1]);
      const last = i + 2 === variables.length;
      values = tfjsActivations[(last ? options.outputActivation : options.activation) ?? 'identity'](sums);
    }
    return tf.sum(values);
  };
  const norms = () => {
    const slopes = tf.grad(outputs)(tf.tensor2d(inputs, [batch, network.inputSize]));
    return tf.sqrt(tf.sum(tf.square(slopes), 1));
  };
  return { network, inputs, variables, norms };
}

function expectTwins(twins: ReturnType<typeof makeTwins>, value: number, loss: () => tf.Tensor): void {
  const { network, variables } = twins;
  const expected = tf.variableGrads(loss as () => tf.Scalar, variables);
  expect(Math.abs(value - expected.value.dataSync()[0])).toBeLessThan(1e-5);
  const gradients = variables.flatMap(({ name, size }) => [
    ...(expected.grads[name]?.dataSync() ?? new Float32Array(size)),
  ]);
  expect(largestError(network.gradients, gradients)).toBeLessThan(1e-4);
}

describe.each(['tanh', 'elu', 'silu', 'relu', 'leaky-relu'] as const)('%s', (activation) => {
  test.each([
    [[5, 1], 6],
    [[5, 12, 1], 1],
    [[5, 12, 9, 1], 7],
    [[3, 20, 17, 9, 1], 70],
  ])('%j, batch %i: both penalties agree with tfjs', (sizes, batch) => {
    for (const outputActivation of ['identity', activation] as const) {
      const twins = makeTwins({ sizes, activation, outputActivation, maxBatch: batch }, batch);
      const { network, inputs, norms } = twins;
      const r1 = r1Penalty(network, inputs, batch, { weight: 3 });
      expectTwins(twins, r1, () => tf.mul(1.5, tf.mean(tf.square(norms()))));
      network.zeroGradients();
      const penalty = gradientPenalty(network, inputs, batch, { weight: 10 });
      expectTwins(twins, penalty, () => tf.mul(10, tf.mean(tf.square(tf.sub(norms(), 1)))));
    }
  });
});

test('penalties add to the gradients', () => {
  const { network, inputs } = makeTwins({ sizes: [4, 8, 1], activation: 'silu', maxBatch: 5 }, 5);
  r1Penalty(network, inputs, 5, { weight: 1 });
  const once = network.gradients.slice();
  network.gradients.fill(2);
  r1Penalty(network, inputs, 5, { weight: 1 });
  expect(
    largestError(
      network.gradients,
      once.map((value) => value + 2),
    ),
  ).toBeLessThan(1e-6);
});

test('a network that is flat everywhere has a penalty and no gradient', () => {
  const network = createMlpNetwork({ sizes: [4, 8, 1], activation: 'tanh', maxBatch: 2 });
  initialiseNetwork(network, generator, { output: constant(0) });
  expect(gradientPenalty(network, new Float32Array(8), 2, { weight: 10 })).toBe(10);
  expect(network.gradients.every((value) => value === 0)).toBe(true);
});

test('several outputs are refused', () => {
  const network = createMlpNetwork({ sizes: [4, 2], maxBatch: 2 });
  expect(() => r1Penalty(network, new Float32Array(8), 2, { weight: 1 })).toThrow(/one output; this one has 2/);
  expect(() => gradientPenalty(network, new Float32Array(8), 2, { weight: 1 })).toThrow(/one output/);
});
