import { applyMlp } from '@understudy/nn/tensor';
import { defaultRng } from '@understudy/random';
import { DeviceParameters, loadTensorBackend, standardNormal, tf } from '@understudy/tensor';
import { squashedLogDeviationRange } from '@understudy/training';
import { beforeAll, expect, test } from 'vitest';
import { smallerValueLoss, softTargets, temperatureGradient } from './loss.ts';
import { actorLoss, criticLoss, type LossForm, type NoisyTransitions, softTargetValues } from './readable-loss.ts';
import { actionSize, batchSize, createToy } from './testing/toy-sac.ts';
import { KernelUpdate } from './update.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

const form: LossForm = { activation: 'relu', logDeviationRange: squashedLogDeviationRange };

function setUp(seed: number, temperature: number) {
  const { networks, batch, config } = createToy(seed, { temperature });
  const onDevice = {
    actor: new DeviceParameters(networks.actorParameters.layout, networks.actorParameters.parameters),
    critics: new DeviceParameters(networks.critics.parameters.layout, networks.critics.parameters.parameters),
    targets: new DeviceParameters(networks.targets.parameters.layout, networks.targets.parameters.parameters),
  };
  const matrix = (values: Float32Array) => tf.tensor2d(values, [batchSize, values.length / batchSize]);
  const noise = standardNormal<tf.Rank.R2>(defaultRng(seed), [batchSize, actionSize]);
  const transitions: NoisyTransitions = {
    observations: matrix(batch.observations),
    actions: matrix(batch.actions),
    rewards: tf.tensor1d(batch.rewards),
    nextObservations: matrix(batch.nextObservations),
    discounts: tf.tensor1d(batch.discounts),
    noise,
    nextNoise: noise,
  };
  const update = new KernelUpdate(networks, config, actionSize);
  return { networks, batch, update, onDevice, transitions, generator: defaultRng(seed) };
}

/** Largest difference of gradients, relative to the largest gradient. */
function distance(found: Float32Array, expected: tf.Tensor): number {
  const values = expected.dataSync();
  expect(found.length).toBe(values.length);
  const scale = Math.max(...values.map(Math.abs));
  expect(scale).toBeGreaterThan(1e-3);
  return Math.max(...values.map((value, i) => Math.abs(value - found[i]))) / scale;
}

test.each([
  { seed: 1, temperature: 0.2 },
  { seed: 2, temperature: 1.5 },
])("the actor's gradients are those of autodiff: temperature $temperature", ({ seed, temperature }) => {
  const { networks, batch, update, onDevice, transitions, generator } = setUp(seed, temperature);
  const { actor, critics } = onDevice;
  const outputs = [...applyMlp(actor.named(), transitions.observations, { ...form, name: 'actor' }).dataSync()];
  expect(outputs.some((value, i) => i % 4 >= 2 && value > 2)).toBe(true);
  expect(outputs.some((value, i) => i % 4 >= 2 && value < 2)).toBe(true);
  const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) => {
    const tensors = actor.named(flat as tf.Tensor1D);
    return actorLoss(tensors, critics.named(), tf.scalar(temperature), transitions, form).loss;
  })(actor.flat);
  update.actorGradients(batch, generator);
  expect(distance(networks.actorParameters.gradients, grad)).toBeLessThan(1e-4);
  expect(update.statistics.actorLoss).toBeCloseTo(value.dataSync()[0], 4);
  // Sampling through fixed critics leaves their gradients alone.
  expect(networks.critics.parameters.gradients.every((gradient) => gradient === 0)).toBe(true);
});

test("the critics' gradients are those of autodiff", () => {
  const temperature = 0.4;
  const { networks, batch, update, onDevice, transitions, generator } = setUp(3, temperature);
  const { actor, critics, targets } = onDevice;
  const values = softTargetValues(targets.named(), actor.named(), tf.scalar(temperature), transitions, form);
  const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) =>
    criticLoss(critics.named(flat as tf.Tensor1D), values, transitions, form),
  )(critics.flat);
  update.criticGradients(batch, generator);
  expect(distance(networks.critics.parameters.gradients, grad)).toBeLessThan(1e-4);
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
