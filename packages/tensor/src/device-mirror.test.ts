import { beforeAll, expect, test } from 'vitest';
import { DeviceMirror } from './device-mirror.ts';
import { DeviceParameters } from './device-parameters.ts';
import { DeviceUpdate } from './device-update.ts';
import type { FlatAdamState } from './flat-adam.ts';
import { tf } from './index.ts';
import { leakCheck } from './leak-check.ts';
import { loadTensorBackend } from './load-backend.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

/** An optimiser that holds nothing but its state. */
function createHostOptimizer(size: number) {
  let state: FlatAdamState = { firstMoment: new Float32Array(size), secondMoment: new Float32Array(size), steps: 0 };
  return {
    save: () => state,
    restore(given: FlatAdamState) {
      state = given;
    },
  };
}

test('what was trained comes back, and goes on from what was put here', async () => {
  const host = { parameters: Float32Array.of(3, -1) };
  const target = { parameters: Float32Array.of(7) };
  const optimizer = createHostOptimizer(2);
  const parameters = new DeviceParameters([{ name: 'x', shape: [2], offset: 0 }]);
  const follower = new DeviceParameters([{ name: 'y', shape: [1], offset: 0 }]);
  const update = new DeviceUpdate({
    parameters,
    loss: ({ x }) => ({ loss: tf.sum(tf.square(x)) as tf.Scalar }),
  });
  const mirror = new DeviceMirror({
    parameters: [
      [parameters, host],
      [follower, target],
    ],
    optimizers: [[update, optimizer]],
  });
  mirror.write();
  update.step(undefined, 0.1);
  expect([...host.parameters]).toEqual([3, -1]);
  await leakCheck(() => mirror.read());
  expect([...host.parameters]).toEqual([...Float32Array.of(2.9, -0.9)]);
  expect([...target.parameters]).toEqual([7]);
  expect(optimizer.save().steps).toBe(1);
  const saved = { parameters: host.parameters.slice(), state: optimizer.save() };
  update.step(undefined, 0.1);
  await mirror.read();
  const expected = host.parameters.slice();
  host.parameters.set(saved.parameters);
  optimizer.restore(saved.state);
  await leakCheck(() => mirror.write());
  update.step(undefined, 0.1);
  await mirror.read();
  expect(host.parameters).toEqual(expected);
  expect(optimizer.save().steps).toBe(2);
});
