import { beforeAll, expect, test } from 'vitest';
import { DeviceParameters } from './device-parameters.ts';
import { DeviceUpdate } from './device-update.ts';
import { tf } from './index.ts';
import { leakCheck } from './leak-check.ts';
import { loadTensorBackend } from './load-backend.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

/** A critic Q(a) = -(a - peak)^2 that learns its peak, 2, and an actor that climbs it: two losses, one through the other. */
function actorAndCritic() {
  const critic = new DeviceParameters([{ name: 'peak', shape: [1], offset: 0 }]);
  const actor = new DeviceParameters([{ name: 'action', shape: [1], offset: 0 }]);
  const value = (peak: tf.Tensor, action: tf.Tensor) => tf.neg(tf.square(tf.sub(action, peak)));
  const criticUpdate = new DeviceUpdate({
    parameters: critic,
    loss: ({ peak }, { actions, values }: { actions: tf.Tensor1D; values: tf.Tensor1D }) => ({
      loss: tf.mean(tf.square(tf.sub(value(peak, actions), values))) as tf.Scalar,
    }),
  });
  const actorUpdate = new DeviceUpdate({
    parameters: actor,
    loss: ({ action }, { fixed }: { fixed: DeviceParameters }) => {
      const worth = tf.mean(value(fixed.named().peak, action)) as tf.Scalar;
      return { loss: tf.neg(worth) as tf.Scalar, statistics: { worth } };
    },
  });
  return { critic, actor, criticUpdate, actorUpdate };
}

test('losses through one another move their own parameters alone', async () => {
  const { critic, actor, criticUpdate, actorUpdate } = actorAndCritic();
  const target = new DeviceParameters(critic.layout);
  const batch = { actions: tf.tensor1d([0, 1, 3]), values: tf.tensor1d([-4, -1, -1]) };
  const step = () => {
    criticUpdate.step(batch, 0.1);
    target.polyakUpdate(critic, 0.1);
    actorUpdate.step({ fixed: target }, 0.1);
  };
  step();
  const learnt = critic.flat.dataSync()[0];
  actorUpdate.step({ fixed: critic }, 0.1);
  expect(critic.flat.dataSync()[0]).toBe(learnt);
  const takeStatistics = () => Promise.all([actorUpdate.takeStatistics(), criticUpdate.takeStatistics()]);
  await takeStatistics();
  await leakCheck(async () => {
    for (let i = 0; i < 200; i++) step();
    await takeStatistics();
  });
  expect(critic.flat.dataSync()[0]).toBeCloseTo(2, 2);
  expect(target.flat.dataSync()[0]).toBeCloseTo(2, 2);
  expect(actor.flat.dataSync()[0]).toBeCloseTo(2, 1);
});

test('statistics are means since the last look, and NaN where nothing happened', async () => {
  const { critic, actorUpdate } = actorAndCritic();
  for (let i = 0; i < 3; i++) actorUpdate.step({ fixed: critic }, 0.1);
  const { steps, loss, worth } = await actorUpdate.takeStatistics();
  expect(steps).toBe(3);
  expect(worth).toBeCloseTo(-loss, 6);
  expect(await actorUpdate.takeStatistics()).toMatchObject({ steps: 0, loss: Number.NaN, worth: Number.NaN });
});

test("the gradient is the caller's and the optimiser's state goes on exactly", async () => {
  const { critic, criticUpdate } = actorAndCritic();
  const batch = { actions: tf.tensor1d([1]), values: tf.tensor1d([0]) };
  await leakCheck(() => {
    const { gradient, loss, statistics } = criticUpdate.gradient(batch);
    // d/dpeak (-(1 - peak)^2)^2 at 0.
    expect(gradient.dataSync()[0]).toBeCloseTo(-4, 5);
    tf.dispose([gradient, loss, ...Object.values(statistics)]);
  });
  criticUpdate.step(batch, 0.1);
  const [values, state] = [critic.flat.dataSync().slice() as Float32Array, await criticUpdate.saveOptimizer()];
  criticUpdate.step(batch, 0.1);
  const expected = critic.flat.dataSync()[0];
  critic.write(values);
  criticUpdate.restoreOptimizer(state);
  expect(criticUpdate.optimizerSteps).toBe(1);
  criticUpdate.step(batch, 0.1);
  expect(critic.flat.dataSync()[0]).toBe(expected);
});

test('a gradient that is looked at before it is applied makes the same step', async () => {
  const batch = { actions: tf.tensor1d([0, 1]), values: tf.tensor1d([1, 2]) };
  const [whole, parts] = [actorAndCritic(), actorAndCritic()];
  whole.criticUpdate.step(batch, 0.1);
  await leakCheck(() => whole.criticUpdate.apply(whole.criticUpdate.gradient(batch), 0.1));
  for (let i = 0; i < 2; i++) parts.criticUpdate.apply(parts.criticUpdate.gradient(batch), 0.1);
  expect([...parts.critic.flat.dataSync()]).toEqual([...whole.critic.flat.dataSync()]);
  expect(await parts.criticUpdate.takeStatistics()).toEqual(await whole.criticUpdate.takeStatistics());
});
