import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, expect, test } from 'vitest';
import { Surrogate } from './surrogate.ts';
import { flatten, logProbabilities, meanEntropy, meanKl, tensorsOf } from './testing/readable-policy.ts';
import { createToy, observationSize, type Toy } from './testing/toy-policy.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const entropyCoefficient = 0.4;
const distributions = ['gaussian', 'categorical'] as const;

/** The objective as the paper writes it. */
function objective({ spec, batch }: Toy, old: readonly tf.Tensor[], tensors: readonly tf.Tensor[]): tf.Scalar {
  const inputs = tf.tensor2d(batch.observations, [batch.rows, observationSize]);
  const ratio = tf.exp(
    tf.sub(logProbabilities(spec, tensors, inputs, batch.actions), logProbabilities(spec, old, inputs, batch.actions)),
  );
  const surrogate = tf.mean(tf.mul(ratio, tf.tensor1d(batch.advantages)));
  return tf.add(surrogate, tf.mul(entropyCoefficient, meanEntropy(spec, tensors, inputs))) as tf.Scalar;
}

test.each(distributions)('the gradient is that of autodiff: %s', (distribution) => {
  const toy = createToy({ distribution, rows: 20 });
  const { policy } = toy.networks;
  const old = tensorsOf(policy.parameters);
  const expected = flatten(tf.grads((...tensors) => objective(toy, old, tensors))(tensorsOf(policy.parameters)));
  new Surrogate(policy, 20, { entropyCoefficient }).differentiate(toy.batch);
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0.05);
  policy.parameters.gradients.forEach((value, i) => {
    expect(Math.abs(value - expected[i]) / scale).toBeLessThan(1e-5);
  });
});

test.each(distributions)('objective, KL divergence and entropy of a moved policy: %s', (distribution) => {
  const toy = createToy({ distribution, rows: 20 });
  const { policy } = toy.networks;
  const surrogate = new Surrogate(policy, 20, { entropyCoefficient });
  const old = tensorsOf(policy.parameters);
  surrogate.differentiate(toy.batch);
  expect(surrogate.evaluate(toy.batch).kl).toBe(0);
  for (let i = 0; i < policy.parameters.size; i++) {
    policy.parameters.parameters[i] += 0.1 * toy.generator.standardNormal();
  }
  const moved = tensorsOf(policy.parameters);
  const inputs = tf.tensor2d(toy.batch.observations, [20, observationSize]);
  const found = surrogate.evaluate(toy.batch);
  const kl = meanKl(toy.spec, old, moved, inputs).dataSync()[0];
  expect(kl).toBeGreaterThan(0.005);
  expect(found.kl).toBeCloseTo(kl, 5);
  expect(found.entropy).toBeCloseTo(meanEntropy(toy.spec, moved, inputs).dataSync()[0], 5);
  expect(found.objective).toBeCloseTo(objective(toy, old, moved).dataSync()[0], 4);
});
