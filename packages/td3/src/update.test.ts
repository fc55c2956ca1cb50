import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { ParameterVector } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { createTransitionBatch, type PolicySpec } from '@understudy/training';
import { beforeAll, expect, test } from 'vitest';
import { resolveTd3Config } from './config.ts';
import { clippedDoubleTargets, smoothActions } from './loss.ts';
import { createNetworks } from './networks.ts';
import { Td3Update } from './update.ts';

const batchSize = 24;
const observationSize = 3;
const actionSize = 2;
const spec: PolicySpec = {
  algorithm: 'td3',
  environment: 'Toy-v0',
  observationSize,
  actionSize,
  distribution: 'squashed-deterministic',
  outputSize: actionSize,
  hiddenSizes: [8, 7],
  activation: 'relu',
  observationClip: null,
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function setUp(seed: number, options: { policyDelay?: number; targetNoise?: number } = {}) {
  const generator = defaultRng(seed);
  const config = resolveTd3Config({ environment: 'Toy-v0', batchSize, hiddenSizes: [8, 7], ...options });
  const networks = createNetworks(spec, config, 1, generator);
  for (const vector of [networks.targetActor.parameters, networks.targetCritics.parameters]) {
    for (let i = 0; i < vector.size; i++) vector.parameters[i] += 0.2 * generator.standardNormal();
  }
  const batch = createTransitionBatch(batchSize, observationSize, actionSize);
  for (const column of [batch.observations, batch.nextObservations, batch.rewards]) generator.fillNormal(column, 0, 2);
  generator.fillUniform(batch.actions, -1, 1);
  for (let i = 0; i < batchSize; i++) batch.discounts[i] = generator.random() < 0.3 ? 0 : 0.99;
  return { networks, batch, update: new Td3Update(networks, config, actionSize) };
}

type Layers = (readonly [tf.Tensor2D, tf.Tensor1D])[];

function layersOf(vector: ParameterVector, name: string): Layers {
  return [0, 1, 2].map((i) => {
    const { shape } = vector.layout.find((slot) => slot.name === `${name}.${i}.weight`)!;
    return [
      tf.tensor2d(vector.tensor(`${name}.${i}.weight`), shape as [number, number]),
      tf.tensor1d(vector.tensor(`${name}.${i}.bias`)),
    ] as const;
  });
}

function perceptron(inputs: tf.Tensor, layers: Layers): tf.Tensor2D {
  return layers.reduce<tf.Tensor>((values, [weights, biases], i) => {
    const outputs = tf.add(tf.matMul(values as tf.Tensor2D, weights), biases);
    return i + 1 < layers.length ? tf.relu(outputs) : outputs;
  }, inputs) as tf.Tensor2D;
}

const critic = (layers: Layers, observations: tf.Tensor2D, actions: tf.Tensor2D) =>
  tf.squeeze(perceptron(tf.concat([observations, actions], 1), layers), [1]);

const pairs = (flat: tf.Tensor[]) =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]] as [tf.Tensor2D, tf.Tensor1D]);

/** Largest difference of gradients, relative to the largest gradient. */
function distance(found: Float32Array, expected: readonly tf.Tensor[]): number {
  const flat = expected.flatMap((tensor) => [...tensor.dataSync()]);
  expect(found.length).toBe(flat.length);
  const scale = Math.max(...flat.map(Math.abs));
  expect(scale).toBeGreaterThan(1e-4);
  return Math.max(...flat.map((value, i) => Math.abs(value - found[i]))) / scale;
}

test("the actor's gradients are those of autodiff: the first critic's value of its actions, ascended", () => {
  const { networks, batch, update } = setUp(1);
  const observations = tf.tensor2d(batch.observations, [batchSize, observationSize]);
  const first = layersOf(networks.critics.parameters, 'critic1');
  const { value, grads } = tf.valueAndGrads((...flat: tf.Tensor[]) => {
    const actions = tf.tanh(perceptron(observations, pairs(flat))) as tf.Tensor2D;
    return tf.neg(tf.mean(critic(first, observations, actions))) as tf.Scalar;
  })(layersOf(networks.actor.parameters, 'actor').flat() as tf.Tensor[]);
  update.actorGradients(batch);
  expect(distance(networks.actor.parameters.gradients, grads)).toBeLessThan(1e-4);
  expect(update.statistics.value).toBeCloseTo(-value.dataSync()[0], 5);
});

test("the critics' gradients are those of autodiff", () => {
  const { networks, batch, update } = setUp(2, { targetNoise: 0 });
  const { targetActor, targetCritics, critics } = networks;
  const next = tf.tensor2d(batch.nextObservations, [batchSize, observationSize]);
  const nextActions = tf.tanh(perceptron(next, layersOf(targetActor.parameters, 'actor'))) as tf.Tensor2D;
  const [one, two] = ['critic1', 'critic2'].map((name) =>
    critic(layersOf(targetCritics.parameters, name), next, nextActions),
  );
  const targets = tf.add(tf.tensor1d(batch.rewards), tf.mul(tf.tensor1d(batch.discounts), tf.minimum(one, two)));
  const observations = tf.tensor2d(batch.observations, [batchSize, observationSize]);
  const actions = tf.tensor2d(batch.actions, [batchSize, actionSize]);
  const trained = ['critic1', 'critic2'].flatMap((name) => layersOf(critics.parameters, name).flat() as tf.Tensor[]);
  const { value, grads } = tf.valueAndGrads((...flat: tf.Tensor[]) => {
    const losses = [pairs(flat.slice(0, 6)), pairs(flat.slice(6))].map((layers) =>
      tf.mul(0.5, tf.mean(tf.square(tf.sub(critic(layers, observations, actions), targets)))),
    );
    return tf.addN(losses) as tf.Scalar;
  })(trained);
  update.criticGradients(batch, defaultRng(0));
  expect(distance(critics.parameters.gradients, grads)).toBeLessThan(1e-4);
  expect(update.statistics.criticLoss).toBeCloseTo(value.dataSync()[0], 4);
});

test('actor and targets move at every second update only', () => {
  const { networks, batch, update } = setUp(3, { policyDelay: 2 });
  const snapshot = () => ({
    actor: [...networks.actor.parameters.parameters],
    target: [...networks.targetCritics.parameters.parameters],
    critics: [...networks.critics.parameters.parameters],
  });
  const before = snapshot();
  update.run(batch, defaultRng(1));
  const once = snapshot();
  expect(once.actor).toEqual(before.actor);
  expect(once.target).toEqual(before.target);
  expect(once.critics).not.toEqual(before.critics);
  update.run(batch, defaultRng(1));
  const twice = snapshot();
  expect(twice.actor).not.toEqual(before.actor);
  twice.target.forEach((value, i) => {
    expect(value).toBeCloseTo(before.target[i] + 0.005 * (twice.critics[i] - before.target[i]), 6);
  });
});

test('targets count the smaller value, and an ended task its reward alone', () => {
  const targets = new Float32Array(3);
  const values = [Float32Array.of(5, 5, 4), Float32Array.of(4, 7, 6)] as const;
  clippedDoubleTargets(Float32Array.of(1, 1, 1), Float32Array.of(0, 0.5, 0.5), ...values, targets);
  expect([...targets]).toEqual([1, 3.5, 3]);
});

test('the smoothing noise is clipped, and so are the actions', () => {
  const actions = Float32Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 0 : 0.9));
  const out = new Float32Array(4000);
  smoothActions(actions, 0.2, 0.3, defaultRng(5), out);
  const middle = [...out].filter((_, i) => i % 2 === 0);
  expect(Math.max(...out)).toBe(1);
  expect(Math.max(...middle)).toBeCloseTo(0.3, 6);
  expect(Math.min(...middle)).toBeCloseTo(-0.3, 6);
  const within = middle.filter((value) => Math.abs(value) < 0.2).length / middle.length;
  // One standard deviation either side holds 68 %.
  expect(within).toBeGreaterThan(0.65);
  expect(within).toBeLessThan(0.71);
});
