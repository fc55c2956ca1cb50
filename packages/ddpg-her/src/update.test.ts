import { DeviceParameters, loadTensorBackend, tf } from '@understudy/tensor';
import { uploadTransitions } from '@understudy/training/tensor';
import { beforeAll, expect, test } from 'vitest';
import type { DdpgHerOptions } from './config.ts';
import { criticTargets, sparseReturnRange } from './loss.ts';
import { actorLoss, criticLoss, targetValues } from './readable-loss.ts';
import { createToy } from './testing/toy-ddpg.ts';
import { KernelUpdate, targetRangeOf } from './update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

function setUp(seed: number, options: Partial<DdpgHerOptions> = {}) {
  const { networks, config, batch } = createToy(seed, options);
  const onDevice = (name: 'actor' | 'critic' | 'targetActor' | 'targetCritic') => {
    const { parameters: vector } = networks[name];
    return new DeviceParameters(vector.layout, vector.parameters);
  };
  const form = { ...config, targetRange: targetRangeOf(config) };
  const update = new KernelUpdate(networks, config);
  return { networks, batch, update, onDevice, form, transitions: uploadTransitions(batch) };
}

/** Largest difference of gradients, relative to the largest gradient. */
function distance(found: Float32Array, expected: tf.Tensor): number {
  const values = expected.dataSync();
  expect(found.length).toBe(values.length);
  const scale = Math.max(...values.map(Math.abs));
  expect(scale).toBeGreaterThan(1e-4);
  return Math.max(...values.map((value, i) => Math.abs(value - found[i]))) / scale;
}

test.each([0, 1.5])("the actor's gradients are those of autodiff, with penalty %d", (actionPenalty) => {
  const { networks, batch, update, onDevice, form, transitions } = setUp(1, { actionPenalty });
  const [actor, critic] = [onDevice('actor'), onDevice('critic')];
  const lossAt = (flat: tf.Tensor) => actorLoss(actor.named(flat as tf.Tensor1D), critic.named(), transitions, form);
  const grad = tf.grad((flat: tf.Tensor) => lossAt(flat).loss)(actor.flat);
  const { value, actionSquare } = lossAt(actor.flat).statistics;
  update.actorGradients(batch);
  expect(distance(networks.actor.parameters.gradients, grad)).toBeLessThan(1e-4);
  expect(update.statistics.value).toBeCloseTo(value.dataSync()[0], 5);
  expect(update.statistics.actionSquare).toBeCloseTo(actionSquare.dataSync()[0], 5);
});

test.each([true, false])("the critic's gradients are those of autodiff; targets clipped: %s", (clipTargets) => {
  const { networks, batch, update, onDevice, form, transitions } = setUp(2, { clipTargets });
  const critic = onDevice('critic');
  const targets = targetValues(onDevice('targetCritic').named(), onDevice('targetActor').named(), transitions, form);
  const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) =>
    criticLoss(critic.named(flat as tf.Tensor1D), targets, transitions, form),
  )(critic.flat);
  update.criticGradients(batch);
  expect(distance(networks.critic.parameters.gradients, grad)).toBeLessThan(1e-4);
  expect(update.statistics.criticLoss).toBeCloseTo(value.dataSync()[0], 4);
});

test('the readable losses are what their formulas say, of networks without hidden layers', () => {
  const { batch, onDevice, networks, form, transitions } = setUp(5, { hiddenSizes: [], actionPenalty: 0.7 });
  const { observations, size } = batch;
  const weights = (name: 'actor' | 'critic') => networks[name].parameters.tensor(`${name}.0.weight`);
  const biases = (name: 'actor' | 'critic') => networks[name].parameters.tensor(`${name}.0.bias`);
  const [perRow, perAction] = [observations.length / size, batch.actions.length / size];
  let loss = 0;
  for (let row = 0; row < size; row++) {
    const observation = [...observations.subarray(row * perRow, (row + 1) * perRow)];
    const actions = [...biases('actor')].map((bias, k) =>
      Math.tanh(observation.reduce((sum, x, i) => sum + x * weights('actor')[i * perAction + k], bias)),
    );
    const value = [...observation, ...actions].reduce(
      (sum, x, i) => sum + x * weights('critic')[i],
      biases('critic')[0],
    );
    const squares = actions.reduce((sum, action) => sum + action * action, 0);
    loss += (0.7 * squares) / perAction / size - value / size;
  }
  const found = actorLoss(onDevice('actor').named(), onDevice('critic').named(), transitions, form).loss;
  expect(found.dataSync()[0]).toBeCloseTo(loss, 4);
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
