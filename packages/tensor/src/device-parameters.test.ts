import { beforeAll, expect, test } from 'vitest';
import { DeviceParameters } from './device-parameters.ts';
import { tf } from './index.ts';
import { leakCheck } from './leak-check.ts';
import { loadTensorBackend } from './load-backend.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

const layout = [
  { name: 'a', shape: [2, 1], offset: 0 },
  { name: 'b', shape: [], offset: 2 },
  { name: 'c', shape: [3], offset: 3 },
];

test('names, shapes and gradients follow the layout', async () => {
  const parameters = new DeviceParameters(layout, Float32Array.of(1, 2, 3, 4, 5, 6));
  const { a, b, c } = parameters.named();
  expect([a.shape, b.shape, c.shape]).toEqual([[2, 1], [], [3]]);
  expect([[...a.dataSync()], [...b.dataSync()], [...c.dataSync()]]).toEqual([[1, 2], [3], [4, 5, 6]]);
  const gradient = tf.grad((flat: tf.Tensor) => {
    const named = parameters.named(flat as tf.Tensor1D);
    // b takes no part.
    return tf.add(tf.sum(tf.mul(named.a, 2)), tf.sum(tf.square(named.c)));
  })(parameters.flat);
  expect([...gradient.dataSync()]).toEqual([2, 2, 0, 8, 10, 12]);
});

test('what is written is read, and later changes of the array are not', async () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const parameters = new DeviceParameters(layout);
  parameters.write(values);
  values.fill(9);
  const found = new Float32Array(6);
  await parameters.read(found);
  expect([...found]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(() => parameters.write(new Float32Array(5))).toThrow(/holds 5 numbers where the device's parameters are 6/);
});

test('a target follows by its share and nothing is left', async () => {
  const target = new DeviceParameters(layout, new Float32Array(6).fill(1));
  const source = new DeviceParameters(layout, new Float32Array(6).fill(3));
  await leakCheck(() => target.polyakUpdate(source, 0.25));
  expect([...target.flat.dataSync()]).toEqual(new Array(6).fill(1.5));
});

test('a layout with a gap is refused', () => {
  expect(() => new DeviceParameters([{ name: 'a', shape: [2], offset: 1 }])).toThrow(/a begins at 1/);
});

test('a leak is told, and so is a tensor disposed too many', async () => {
  let kept: tf.Tensor | undefined;
  await expect(
    leakCheck(() => {
      kept = tf.zeros([10]);
    }),
  ).rejects.toThrow('leaves 1 tensors with 1 buffers of 40 bytes');
  await expect(leakCheck(() => kept?.dispose())).rejects.toThrow('takes away 1 tensors');
});
