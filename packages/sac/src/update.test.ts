import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { ParameterVector } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { createTransitionBatch, type PolicySpec } from '@understudy/training';
import { beforeAll, expect, test } from 'vitest';
import { resolveSacConfig } from './config.ts';
import { smallerValueLoss, softTargets, temperatureGradient } from './loss.ts';
import { createNetworks } from './networks.ts';
import { actorLoss, criticsLoss, type Layers, perceptron, squashedSample } from './testing/readable-loss.ts';
import { SacUpdate } from './update.ts';

const batchSize = 32;
const observationSize = 3;
const actionSize = 2;
const spec: PolicySpec = {
  algorithm: 'sac',
  environment: 'Toy-v0',
  observationSize,
  actionSize,
  distribution: 'squashed-gaussian',
  outputSize: 2 * actionSize,
  hiddenSizes: [8, 7],
  activation: 'relu',
  observationClip: null,
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function setUp(seed: number, temperature: number) {
  const generator = defaultRng(seed);
  const config = resolveSacConfig({ environment: 'Toy-v0', batchSize, hiddenSizes: [8, 7], temperature });
  const networks = createNetworks(spec, config, 1, generator);
  // Far from 0, some log standard deviations meet the clamp.
  const biases = networks.actorParameters.tensor('actor.2.bias');
  biases[actionSize] = 2.2;
  const { parameters } = networks.targets.parameters;
  for (let i = 0; i < parameters.length; i++) parameters[i] += 0.1 * generator.standardNormal();
  const batch = createTransitionBatch(batchSize, observationSize, actionSize);
  for (const column of [batch.observations, batch.nextObservations, batch.rewards]) generator.fillNormal(column, 0, 2);
  generator.fillUniform(batch.actions, -1, 1);
  for (let i = 0; i < batchSize; i++) batch.discounts[i] = generator.random() < 0.3 ? 0 : 0.99;
  return { networks, batch, update: new SacUpdate(networks, config, actionSize), temperature };
}

/** A network's tensors as tfjs variables. */
function layersOf(vector: ParameterVector, name: string): Layers {
  return [0, 1, 2].map((i) => {
    const { shape } = vector.layout.find((slot) => slot.name === `${name}.${i}.weight`)!;
    return [
      tf.tensor2d(vector.tensor(`${name}.${i}.weight`), shape as [number, number]),
      tf.tensor1d(vector.tensor(`${name}.${i}.bias`)),
    ] as const;
  });
}

function noiseOf(seed: number): tf.Tensor2D {
  const generator = defaultRng(seed);
  const values = Float32Array.from({ length: batchSize * actionSize }, () => generator.standardNormal());
  return tf.tensor2d(values, [batchSize, actionSize]);
}

/** Largest difference of gradients, relative to the largest gradient. */
function distance(found: Float32Array, expected: readonly tf.Tensor[]): number {
  const flat = expected.flatMap((tensor) => [...tensor.dataSync()]);
  expect(found.length).toBe(flat.length);
  const scale = Math.max(...flat.map(Math.abs));
  expect(scale).toBeGreaterThan(1e-3);
  return Math.max(...flat.map((value, i) => Math.abs(value - found[i]))) / scale;
}

test.each([
  { seed: 1, temperature: 0.2 },
  { seed: 2, temperature: 1.5 },
])("the actor's gradients are those of autodiff: temperature $temperature", ({ seed, temperature }) => {
  const { networks, batch, update } = setUp(seed, temperature);
  const observations = tf.tensor2d(batch.observations, [batchSize, observationSize]);
  const critics = [layersOf(networks.critics.parameters, 'critic1'), layersOf(networks.critics.parameters, 'critic2')];
  const actor = layersOf(networks.actorParameters, 'actor');
  const outputs = [...perceptron(observations, actor).dataSync()];
  expect(outputs.some((value, i) => i % 4 >= 2 && value > 2)).toBe(true);
  expect(outputs.some((value, i) => i % 4 >= 2 && value < 2)).toBe(true);
  const { value, grads } = tf.valueAndGrads((...flat: tf.Tensor[]) => {
    const layers = [0, 2, 4].map((i) => [flat[i], flat[i + 1]] as [tf.Tensor2D, tf.Tensor1D]);
    return actorLoss(layers, critics as unknown as [Layers, Layers], observations, noiseOf(7), temperature);
  })(actor.flat() as tf.Tensor[]);
  update.actorGradients(batch, defaultRng(7));
  expect(distance(networks.actorParameters.gradients, grads)).toBeLessThan(1e-4);
  expect(update.statistics.actorLoss).toBeCloseTo(value.dataSync()[0], 4);
  // Sampling through fixed critics leaves their gradients alone.
  expect(networks.critics.parameters.gradients.every((gradient) => gradient === 0)).toBe(true);
});

test("the critics' gradients are those of autodiff", () => {
  const { networks, batch, update, temperature } = setUp(3, 0.4);
  const next = tf.tensor2d(batch.nextObservations, [batchSize, observationSize]);
  const [actions, logs] = squashedSample(perceptron(next, layersOf(networks.actorParameters, 'actor')), noiseOf(8));
  const [first, second] = ['critic1', 'critic2'].map((name) =>
    tf.squeeze(
      perceptron(tf.concat([next, actions], 1) as tf.Tensor2D, layersOf(networks.targets.parameters, name)),
      [1],
    ),
  );
  const values = tf.sub(tf.minimum(first, second), tf.mul(temperature, logs));
  const targets = tf.add(tf.tensor1d(batch.rewards), tf.mul(tf.tensor1d(batch.discounts), values)) as tf.Tensor1D;
  const taken = tf.concat(
    [
      tf.tensor2d(batch.observations, [batchSize, observationSize]),
      tf.tensor2d(batch.actions, [batchSize, actionSize]),
    ],
    1,
  ) as tf.Tensor2D;
  const critics = ['critic1', 'critic2'].map((name) => layersOf(networks.critics.parameters, name));
  const { value, grads } = tf.valueAndGrads((...flat: tf.Tensor[]) => {
    const layers = [0, 2, 4, 6, 8, 10].map((i) => [flat[i], flat[i + 1]] as [tf.Tensor2D, tf.Tensor1D]);
    return criticsLoss([layers.slice(0, 3), layers.slice(3)], taken, targets);
  })(critics.flat(2) as tf.Tensor[]);
  update.criticGradients(batch, defaultRng(8));
  expect(distance(networks.critics.parameters.gradients, grads)).toBeLessThan(1e-4);
  expect(update.statistics.criticLoss).toBeCloseTo(value.dataSync()[0], 4);
});

test('an ended task is worth its reward alone, and entropy counts', () => {
  const targets = new Float32Array(3);
  softTargets(
    Float32Array.of(1, 1, 1),
    Float32Array.of(0, 0.9, 0.9),
    Float32Array.of(5, 5, 4),
    Float32Array.of(4, 7, 6),
    Float32Array.of(-1, -1, 2),
    0.5,
    targets,
  );
  [1, 1 + 0.9 * 5.5, 1 + 0.9 * 3].forEach((target, i) => {
    expect(targets[i]).toBeCloseTo(target, 5);
  });
});

test('each sample moves through the critic of the smaller value', () => {
  const [first, second] = [new Float32Array(2), new Float32Array(2)];
  const mean = smallerValueLoss(Float32Array.of(1, 5), Float32Array.of(2, 3), first, second, 2);
  expect(mean).toBe(2);
  expect([...first, ...second].map((value) => value + 0)).toEqual([-0.5, 0, 0, -0.5]);
});

test('the temperature rises while the entropy is below its target', () => {
  // Entropy 1, target 2: descending a negative gradient raises the temperature.
  expect(temperatureGradient(0.5, -1, 2)).toBe(-0.5);
  expect(temperatureGradient(0.5, -3, 2)).toBe(0.5);
});
