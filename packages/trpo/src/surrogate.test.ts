import { DeviceParameters, loadTensorBackend, tf } from '@understudy/tensor';
import { beforeAll, expect, test } from 'vitest';
import { logProbabilities, meanEntropy, meanKl, policyOutputs, surrogate } from './readable-policy.ts';
import { Surrogate } from './surrogate.ts';
import { createToy, observationSize, type Toy } from './testing/toy-policy.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

const entropyCoefficient = 0.4;
const distributions = ['gaussian', 'categorical'] as const;

/** The toy's policy for autodiff: what it says as a function of its parameters, and these. */
function readable({ networks, batch }: Toy) {
  const device = new DeviceParameters(networks.policy.parameters.layout, networks.policy.parameters.parameters);
  const observations = tf.tensor2d(batch.observations, [batch.rows, observationSize]);
  const actions = tf.tensor2d(batch.actions, [batch.rows, batch.actions.length / batch.rows]);
  const outputsAt = (flat: tf.Tensor) => policyOutputs(device.named(flat as tf.Tensor1D), observations, 'tanh');
  const old = outputsAt(device.flat);
  /** The objective as the paper writes it. */
  const objective = (flat: tf.Tensor): tf.Scalar => {
    const policy = outputsAt(flat);
    const gain = surrogate(policy, actions, tf.tensor1d(batch.advantages), logProbabilities(old, actions));
    return tf.add(gain, tf.mul(entropyCoefficient, meanEntropy(policy)));
  };
  return { flat: device.flat, old, outputsAt, objective };
}

test.each(distributions)('the gradient is that of autodiff: %s', (distribution) => {
  const toy = createToy({ distribution, rows: 20 });
  const { policy } = toy.networks;
  const { flat, objective } = readable(toy);
  const expected = [...tf.grad(objective)(flat).dataSync()];
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
  const closedForm = new Surrogate(policy, 20, { entropyCoefficient });
  const { old, outputsAt, objective } = readable(toy);
  closedForm.differentiate(toy.batch);
  expect(closedForm.evaluate(toy.batch).kl).toBe(0);
  for (let i = 0; i < policy.parameters.size; i++) {
    policy.parameters.parameters[i] += 0.1 * toy.generator.standardNormal();
  }
  const moved = tf.tensor1d(policy.parameters.parameters);
  const found = closedForm.evaluate(toy.batch);
  const kl = meanKl(old, outputsAt(moved)).dataSync()[0];
  expect(kl).toBeGreaterThan(0.005);
  expect(found.kl).toBeCloseTo(kl, 5);
  expect(found.entropy).toBeCloseTo(meanEntropy(outputsAt(moved)).dataSync()[0], 5);
  expect(found.objective).toBeCloseTo(objective(moved).dataSync()[0], 4);
});
