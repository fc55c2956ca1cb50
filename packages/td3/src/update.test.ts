import { defaultRng } from '@understudy/random';
import { DeviceParameters, loadTensorBackend, standardNormal, tf } from '@understudy/tensor';
import { beforeAll, expect, test } from 'vitest';
import type { Td3Options } from './config.ts';
import { clippedDoubleTargets, smoothActions } from './loss.ts';
import { actorLoss, clippedDoubleTargetValues, criticLoss, type NoisyTransitions } from './readable-loss.ts';
import { batchSize, createToy } from './testing/toy-td3.ts';
import { KernelUpdate } from './update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

function setUp(seed: number, options: Partial<Td3Options> = {}) {
  const { networks, batch, config } = createToy(seed, options);
  const onDevice = Object.fromEntries(
    Object.entries(networks).map(([name, { parameters: vector }]) => [
      name,
      new DeviceParameters(vector.layout, vector.parameters),
    ]),
  ) as Record<keyof typeof networks, DeviceParameters>;
  const matrix = (values: Float32Array) => tf.tensor2d(values, [batchSize, values.length / batchSize]);
  const transitions: NoisyTransitions = {
    observations: matrix(batch.observations),
    actions: matrix(batch.actions),
    rewards: tf.tensor1d(batch.rewards),
    nextObservations: matrix(batch.nextObservations),
    discounts: tf.tensor1d(batch.discounts),
    noise: standardNormal<tf.Rank.R2>(defaultRng(seed), [batchSize, batch.actions.length / batchSize]),
  };
  const update = new KernelUpdate(networks, config);
  return { networks, batch, config, update, onDevice, transitions, generator: defaultRng(seed) };
}

/** Largest difference of gradients, relative to the largest gradient. */
function distance(found: Float32Array, expected: tf.Tensor): number {
  const values = expected.dataSync();
  expect(found.length).toBe(values.length);
  const scale = Math.max(...values.map(Math.abs));
  expect(scale).toBeGreaterThan(1e-4);
  return Math.max(...values.map((value, i) => Math.abs(value - found[i]))) / scale;
}

test("the actor's gradients are those of autodiff: the first critic's value of its actions, ascended", () => {
  const { networks, batch, config, update, onDevice, transitions } = setUp(1);
  const { actor, critics } = onDevice;
  const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) =>
    actorLoss(actor.named(flat as tf.Tensor1D), critics.named(), transitions, config),
  )(actor.flat);
  update.actorGradients(batch);
  expect(distance(networks.actor.parameters.gradients, grad)).toBeLessThan(1e-4);
  expect(update.statistics.value).toBeCloseTo(-value.dataSync()[0], 5);
});

test.each([{ targetNoise: 0 }, { targetNoise: 0.5 }])("the critics' gradients are those of autodiff: %o", (options) => {
  const { networks, batch, config, update, onDevice, transitions, generator } = setUp(2, options);
  const { critics, targetActor, targetCritics } = onDevice;
  const targets = clippedDoubleTargetValues(targetCritics.named(), targetActor.named(), transitions, config);
  const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) =>
    criticLoss(critics.named(flat as tf.Tensor1D), targets, transitions, config),
  )(critics.flat);
  update.criticGradients(batch, generator);
  expect(distance(networks.critics.parameters.gradients, grad)).toBeLessThan(1e-4);
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
