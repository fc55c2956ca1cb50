import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, expect, test } from 'vitest';
import { flatten, tensorsOf } from './testing/readable-policy.ts';
import { createToy, observationSize } from './testing/toy-policy.ts';
import { ValueUpdate } from './value-update.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('the gradient is that of half the mean squared error by autodiff', () => {
  const { networks, batch, generator } = createToy({ distribution: 'gaussian', rows: 12, maxBatch: 12 });
  const { critic } = networks;
  const inputs = tf.tensor2d(batch.observations, [12, observationSize]);
  const loss = (...tensors: tf.Tensor[]) => {
    let values = inputs;
    for (let i = 0; i < tensors.length; i += 2) {
      const sums = tf.add(tf.matMul(values, tensors[i] as tf.Tensor2D), tensors[i + 1]) as tf.Tensor2D;
      values = i + 2 < tensors.length ? tf.tanh(sums) : sums;
    }
    return tf.mul(0.5, tf.mean(tf.square(tf.sub(tf.squeeze(values, [1]), tf.tensor1d(batch.returns))))) as tf.Scalar;
  };
  const { value, grads } = tf.valueAndGrads(loss)(tensorsOf(critic.parameters));
  const expected = flatten(grads);
  const options = { valueEpochs: 1, valueBatchSize: 12, valueLearningRate: 1e-3 };
  const found = new ValueUpdate(critic, options, 12).run(batch, generator);
  expect(found).toBeCloseTo(value.dataSync()[0], 5);
  critic.parameters.gradients.forEach((gradient, i) => {
    expect(gradient).toBeCloseTo(expected[i], 5);
  });
});

test('it fits the returns, with a last minibatch that is smaller', () => {
  const { networks, batch, generator } = createToy({ distribution: 'gaussian', rows: 50, maxBatch: 16 });
  for (let row = 0; row < 50; row++) batch.returns[row] = 2 + Math.sin(batch.observations[row * observationSize]);
  const options = { valueEpochs: 20, valueBatchSize: 16, valueLearningRate: 1e-2 };
  const update = new ValueUpdate(networks.critic, options, 50);
  const losses = Array.from({ length: 20 }, () => update.run(batch, generator));
  expect(losses[0]).toBeGreaterThan(0.02);
  expect(losses[19]).toBeLessThan(0.002);
});
