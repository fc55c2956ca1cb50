import { DeviceParameters, loadTensorBackend, tf } from '@understudy/tensor';
import { beforeAll, expect, test } from 'vitest';
import { valueLoss } from './readable-policy.ts';
import { createToy, observationSize } from './testing/toy-policy.ts';
import { ValueUpdate } from './value-update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

test('the gradient is that of half the mean squared error by autodiff', async () => {
  const { networks, batch, generator } = createToy({ distribution: 'gaussian', rows: 12, maxBatch: 12 });
  const { critic } = networks;
  const observations = tf.tensor2d(batch.observations, [12, observationSize]);
  const device = new DeviceParameters(critic.parameters.layout, critic.parameters.parameters);
  const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) =>
    valueLoss(device.named(flat as tf.Tensor1D), observations, tf.tensor1d(batch.returns), 'tanh'),
  )(device.flat);
  const expected = grad.dataSync();
  const options = { valueEpochs: 1, valueBatchSize: 12, valueLearningRate: 1e-3 };
  const found = await new ValueUpdate(critic, options, 12).run(batch, generator);
  expect(found).toBeCloseTo(value.dataSync()[0], 5);
  critic.parameters.gradients.forEach((gradient, i) => {
    expect(gradient).toBeCloseTo(expected[i], 5);
  });
});

test('it fits the returns, with a last minibatch that is smaller', async () => {
  const { networks, batch, generator } = createToy({ distribution: 'gaussian', rows: 50, maxBatch: 16 });
  for (let row = 0; row < 50; row++) batch.returns[row] = 2 + Math.sin(batch.observations[row * observationSize]);
  const options = { valueEpochs: 20, valueBatchSize: 16, valueLearningRate: 1e-2 };
  const update = new ValueUpdate(networks.critic, options, 50);
  const losses: number[] = [];
  for (let i = 0; i < 20; i++) losses.push(await update.run(batch, generator));
  expect(losses[0]).toBeGreaterThan(0.02);
  expect(losses[19]).toBeLessThan(0.002);
});
