import { defaultRng } from '@understudy/random';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TensorBackendName } from '../backend-names.ts';
import { DeviceParameters } from '../device-parameters.ts';
import { DeviceUpdate } from '../device-update.ts';
import { standardNormal, uniform } from '../draws.ts';
import { tf } from '../index.ts';
import { leakCheck } from '../leak-check.ts';
import { loadTensorBackend } from '../load-backend.ts';

/** What every backend must do once it is loaded and repaired. */
export function describeBackend(name: TensorBackendName): void {
  const generator = defaultRng(3);
  const draw = (size: number) => Float32Array.from({ length: size }, () => generator.uniform(-1, 1));

  async function expectClose(found: tf.Tensor, expected: ArrayLike<number>, tolerance = 1e-5): Promise<void> {
    const values = await found.data();
    expect(values.length).toBe(expected.length);
    let largest = 0;
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(values[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
      if (!(error <= largest)) largest = error;
    }
    expect(largest).toBeLessThan(tolerance);
  }

  /** One product of matrices in float64. */
  function product(a: Float32Array, b: Float32Array, [rows, inner, columns]: number[], ta: boolean, tb: boolean) {
    return Float64Array.from({ length: rows * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += a[ta ? k * rows + i : i * inner + k] * b[tb ? j * inner + k : k * columns + j];
      }
      return sum;
    });
  }

  beforeAll(async () => {
    await loadTensorBackend({ backend: name });
  });

  describe(`the ${name} backend`, () => {
    test('it is the only one of this process', async () => {
      expect(await loadTensorBackend()).toMatchObject({ name });
      expect(await loadTensorBackend({ backend: name })).toBe(await loadTensorBackend());
      const other = name === 'cpu' ? 'wasm' : 'cpu';
      await expect(loadTensorBackend({ backend: other })).rejects.toThrow(`computes on the ${name} backend already`);
    });

    test.each([
      // Small enough for the plain loop, and not.
      { sizes: [3, 4, 5] },
      { sizes: [33, 18, 21] },
      { sizes: [64, 64, 1] },
    ])('matrix products, transposed and in batches: $sizes', async ({ sizes }) => {
      const [rows, inner, columns] = sizes;
      for (const [batchA, batchB] of [
        [0, 0],
        [1, 1],
        [3, 3],
        [3, 1],
        [1, 2],
      ]) {
        const batch = Math.max(1, batchA, batchB);
        const values = { a: draw(Math.max(1, batchA) * rows * inner), b: draw(Math.max(1, batchB) * inner * columns) };
        for (const [ta, tb] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ]) {
          const expected = Array.from({ length: batch }, (_, i) => {
            const from = (array: Float32Array, count: number, size: number) =>
              count > 1 ? array.subarray(i * size, (i + 1) * size) : array;
            return [
              ...product(from(values.a, batchA, rows * inner), from(values.b, batchB, inner * columns), sizes, ta, tb),
            ];
          }).flat();
          const shapeA = ta ? [inner, rows] : [rows, inner];
          const shapeB = tb ? [columns, inner] : [inner, columns];
          const a = tf.tensor(values.a, batchA === 0 ? shapeA : [batchA, ...shapeA]);
          const b = tf.tensor(values.b, batchB === 0 ? shapeB : [batchB, ...shapeB]);
          const before = tf.memory().numDataBuffers;
          const found = tf.matMul(a, b, ta, tb);
          expect(tf.memory().numDataBuffers).toBe(before + 1);
          expect(found.shape).toEqual(batchA === 0 && batchB === 0 ? [rows, columns] : [batch, rows, columns]);
          await expectClose(found, expected);
          tf.dispose([a, b, found]);
        }
      }
    });

    test('tanh is exact to 1e-6, odd, and keeps NaN', async () => {
      const x = Float32Array.from({ length: 2001 }, (_, i) => (i - 1000) / 90);
      const found = tf.tanh(tf.tensor1d(x));
      await expectClose(found, x.map(Math.tanh), 1e-6);
      const [large, nan] = await tf.tanh(tf.tensor1d([1e30, Number.NaN])).data();
      expect(large).toBeCloseTo(1, 6);
      expect(nan).toBeNaN();
    });

    test("gather's gradient sums the rows that were taken several times", async () => {
      const gradient = tf.grad((table: tf.Tensor) =>
        tf.sum(
          tf.mul(
            tf.gather(table, tf.tensor1d([2, 0, 2], 'int32')),
            tf.tensor2d([
              [1, 2],
              [3, 4],
              [10, 20],
            ]),
          ),
        ),
      )(tf.zeros([4, 2]));
      await expectClose(gradient, [3, 4, 0, 0, 11, 22, 0, 0]);
    });

    test.each([
      { strides: 1, pad: 'valid' as const },
      { strides: 2, pad: 'same' as const },
    ])("conv2d's gradient by its filter: strides $strides, pad $pad", async ({ strides, pad }) => {
      const [x, w] = [tf.tensor4d(draw(2 * 7 * 6 * 3), [2, 7, 6, 3]), draw(3 * 2 * 3 * 4)];
      const loss = (filter: tf.Tensor) => tf.sum(tf.square(tf.conv2d(x, filter as tf.Tensor4D, strides, pad)));
      const found = await tf
        .grad(loss)(tf.tensor4d(w, [3, 2, 3, 4]))
        .data();
      for (const at of [0, 17, 40, 71]) {
        const value = async (shift: number) => {
          const moved = w.slice();
          moved[at] += shift;
          return (await loss(tf.tensor4d(moved, [3, 2, 3, 4])).data())[0];
        };
        // The loss is a quadratic function of the filter, so that a large step is as good as a small one.
        expect(found[at]).toBeCloseTo(((await value(0.5)) - (await value(-0.5))) / 1, 2);
      }
    });

    test.each([
      'tanh',
      'sigmoid',
      'exp',
      'softplus',
      'square',
      'relu',
      'leakyRelu',
      'softmax',
      'logSoftmax',
      'sqrt',
    ] as const)('second derivatives are complete: %s', async (operation) => {
      const weights = tf.tensor1d([1, 3, -2]);
      const value = (x: tf.Tensor) => tf.sum(tf.mul(tf.mul(tf[operation](x), x), weights));
      const slopes = (x: tf.Tensor) => tf.grad(value)(x);
      const second = tf.grad((x: tf.Tensor) => tf.sum(tf.square(slopes(x))));
      const x = [0.3, 0.7, 1.1];
      const lengthAt = async (at: number[]) =>
        [...(await slopes(tf.tensor1d(at)).data())].reduce((sum, g) => sum + g * g, 0);
      const expected: number[] = [];
      for (let i = 0; i < 3; i++) {
        const at = (shift: number) => lengthAt(x.map((v, k) => (k === i ? v + shift : v)));
        expected.push(((await at(0.02)) - (await at(-0.02))) / 0.04);
      }
      await expectClose(second(tf.tensor1d(x)), expected, 5e-3);
      await leakCheck(() => tf.tidy(() => void second(weights)));
    });

    test("draws are the generator's", async () => {
      const expected = new Float32Array(12);
      defaultRng(5).fillStandardNormal(expected);
      const normal = standardNormal<tf.Rank.R2>(defaultRng(5), [3, 4]);
      expect(normal.shape).toEqual([3, 4]);
      expect([...(await normal.data())]).toEqual([...expected]);
      defaultRng(6).fillUniform(expected, -2, 3);
      expect([...(await uniform(defaultRng(6), [12], -2, 3).data())]).toEqual([...expected]);
    });

    test('an update stays on the device, lowers its loss and leaves no tensor behind', async () => {
      const layout = [
        { name: 'weight', shape: [3, 2], offset: 0 },
        { name: 'bias', shape: [2], offset: 6 },
      ];
      const parameters = new DeviceParameters(layout, draw(8));
      const update = new DeviceUpdate({
        parameters,
        optimizer: { maxGradientNorm: 1 },
        loss: ({ weight, bias }, { inputs, targets }: { inputs: tf.Tensor2D; targets: tf.Tensor2D }) => {
          const errors = tf.sub(tf.add(tf.matMul(inputs, weight as tf.Tensor2D), bias), targets);
          const loss = tf.mean(tf.square(errors)) as tf.Scalar;
          return { loss, statistics: { again: loss, largest: tf.max(tf.abs(errors)) as tf.Scalar } };
        },
      });
      const inputs = tf.tensor2d(draw(60), [20, 3]);
      const truth = tf.tensor2d([
        [1, -1],
        [0.5, 2],
        [-0.3, 0],
      ]);
      const batch = { inputs, targets: tf.add(tf.matMul(inputs, truth), [0.2, -0.4]) as tf.Tensor2D };
      update.step(batch, 0.05);
      const first = await update.takeStatistics();
      expect(first.again).toBeCloseTo(first.loss, 6);
      await leakCheck(async () => {
        for (let i = 0; i < 80; i++) update.step(batch, 0.1);
        const { steps, loss } = await update.takeStatistics();
        expect(steps).toBe(80);
        expect(loss).toBeLessThan(first.loss / 4);
      });
      update.step(batch, 0.05);
      expect((await update.takeStatistics()).largest).toBeLessThan(0.05);
      const found = new Float32Array(8);
      await parameters.read(found);
      await expectClose(tf.tensor1d(found), [1, -1, 0.5, 2, -0.3, 0, 0.2, -0.4], 0.05);
      update.dispose();
      parameters.dispose();
    });
  });
}
