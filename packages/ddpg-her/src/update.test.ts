import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { ParameterVector } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { createTransitionBatch, type PolicySpec } from '@understudy/training';
import { beforeAll, expect, test } from 'vitest';
import { resolveDdpgHerConfig } from './config.ts';
import { criticTargets, sparseReturnRange } from './loss.ts';
import { createNetworks } from './networks.ts';
import { DdpgUpdate } from './update.ts';

const batchSize = 24;
const observationSize = 3;
const actionSize = 2;
const gamma = 0.8;
const spec: PolicySpec = {
  algorithm: 'ddpg-her',
  environment: 'Toy-v0',
  observationSize,
  actionSize,
  distribution: 'squashed-deterministic',
  outputSize: actionSize,
  hiddenSizes: [8, 7],
  activation: 'relu',
  observationClip: 5,
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function setUp(seed: number, options: { clipTargets?: boolean; actionPenalty?: number } = {}) {
  const generator = defaultRng(seed);
  const config = resolveDdpgHerConfig({ environment: 'Toy-v0', batchSize, gamma, hiddenSizes: [8, 7], ...options });
  const networks = createNetworks(spec, config, 1, generator);
  for (const vector of [networks.targetActor.parameters, networks.targetCritic.parameters]) {
    for (let i = 0; i < vector.size; i++) vector.parameters[i] += 0.2 * generator.standardNormal();
  }
  const batch = createTransitionBatch(batchSize, observationSize, actionSize);
  for (const column of [batch.observations, batch.nextObservations, batch.rewards]) generator.fillNormal(column, 0, 3);
  generator.fillUniform(batch.actions, -1, 1);
  for (let i = 0; i < batchSize; i++) batch.discounts[i] = generator.random() < 0.3 ? 0 : gamma;
  return { networks, batch, update: new DdpgUpdate(networks, config) };
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

const criticOf = (layers: Layers, observations: tf.Tensor2D, actions: tf.Tensor2D) =>
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

test.each([0, 1.5])("the actor's gradients are those of autodiff, with penalty %d", (actionPenalty) => {
  const { networks, batch, update } = setUp(1, { actionPenalty });
  const observations = tf.tensor2d(batch.observations, [batchSize, observationSize]);
  const critic = layersOf(networks.critic.parameters, 'critic');
  const actor = layersOf(networks.actor.parameters, 'actor').flat() as tf.Tensor[];
  const act = (flat: tf.Tensor[]) => tf.tanh(perceptron(observations, pairs(flat))) as tf.Tensor2D;
  const value = (flat: tf.Tensor[]) => tf.mean(criticOf(critic, observations, act(flat)));
  const { grads } = tf.valueAndGrads((...flat: tf.Tensor[]) => {
    const penalty = tf.mul(actionPenalty, tf.mean(tf.square(act(flat))));
    return tf.sub(penalty, value(flat)) as tf.Scalar;
  })(actor);
  update.actorGradients(batch);
  expect(distance(networks.actor.parameters.gradients, grads)).toBeLessThan(1e-4);
  expect(update.statistics.value).toBeCloseTo(value(actor).dataSync()[0], 5);
  expect(update.statistics.actionSquare).toBeCloseTo(tf.mean(tf.square(act(actor))).dataSync()[0], 5);
});

test.each([true, false])("the critic's gradients are those of autodiff; targets clipped: %s", (clipTargets) => {
  const { networks, batch, update } = setUp(2, { clipTargets });
  const { targetActor, targetCritic, critic } = networks;
  const next = tf.tensor2d(batch.nextObservations, [batchSize, observationSize]);
  const nextActions = tf.tanh(perceptron(next, layersOf(targetActor.parameters, 'actor'))) as tf.Tensor2D;
  const nextValues = criticOf(layersOf(targetCritic.parameters, 'critic'), next, nextActions);
  const all = tf.add(tf.tensor1d(batch.rewards), tf.mul(tf.tensor1d(batch.discounts), nextValues));
  const targets = clipTargets ? tf.clipByValue(all, -1 / (1 - gamma), 0) : all;
  const observations = tf.tensor2d(batch.observations, [batchSize, observationSize]);
  const actions = tf.tensor2d(batch.actions, [batchSize, actionSize]);
  const { value, grads } = tf.valueAndGrads(
    (...flat: tf.Tensor[]) =>
      tf.mul(0.5, tf.mean(tf.square(tf.sub(criticOf(pairs(flat), observations, actions), targets)))) as tf.Scalar,
  )(layersOf(critic.parameters, 'critic').flat() as tf.Tensor[]);
  update.criticGradients(batch);
  expect(distance(critic.parameters.gradients, grads)).toBeLessThan(1e-4);
  expect(update.statistics.criticLoss).toBeCloseTo(value.dataSync()[0], 4);
});

test('an update moves what is learned, and the targets by tau of the way to it', () => {
  const { networks, batch, update } = setUp(3);
  const names = ['actor', 'critic', 'targetActor', 'targetCritic'] as const;
  const snapshot = () => names.map((name) => [...networks[name].parameters.parameters]);
  const [actor, critic, ...targets] = snapshot();
  update.run(batch);
  const [newActor, newCritic, ...newTargets] = snapshot();
  expect(newActor).not.toEqual(actor);
  expect(newCritic).not.toEqual(critic);
  for (const [k, followed] of [newActor, newCritic].entries()) {
    newTargets[k].forEach((value, i) => {
      expect(value).toBeCloseTo(targets[k][i] + 0.05 * (followed[i] - targets[k][i]), 6);
    });
  }
});

test('targets stay where returns of rewards from -1 to 0 are, and an ended task counts its reward alone', () => {
  const targets = new Float32Array(4);
  const values = Float32Array.of(-3, -100, 5, -7);
  const range = sparseReturnRange(0.75);
  criticTargets(Float32Array.of(-1, -1, 0, -1), Float32Array.of(0.75, 0.75, 0.75, 0), values, range, targets);
  expect([...targets]).toEqual([-3.25, -4, 0, -1]);
});
