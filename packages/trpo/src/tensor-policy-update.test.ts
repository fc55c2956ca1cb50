import { defaultRng } from '@understudy/random';
import { DeviceParameters, leakCheck, loadTensorBackend, tf } from '@understudy/tensor';
import { beforeAll, expect, test } from 'vitest';
import { ConjugateGradients } from './conjugate-gradients.ts';
import { FisherProduct } from './fisher.ts';
import { PolicyUpdate, type PolicyUpdateOptions } from './policy-update.ts';
import { policyOutputs } from './readable-policy.ts';
import { solveOnDevice } from './tensor-conjugate-gradients.ts';
import { TensorPolicyUpdate } from './tensor-policy-update.ts';
import { createToy, type Toy } from './testing/toy-policy.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'wasm' });
});

const options: PolicyUpdateOptions = {
  maxKl: 0.01,
  cgIterations: 10,
  cgDamping: 0.1,
  cgTolerance: 0,
  fisherStride: 1,
  backtrackFactor: 0.8,
  backtrackAttempts: 15,
  entropyCoefficient: 0,
};
const distributions = ['gaussian', 'categorical'] as const;

/** The toy's policy and rollout on the device. */
function onDevice({ networks, batch }: Toy, changed: Partial<PolicyUpdateOptions> = {}) {
  const { layout, parameters } = networks.policy.parameters;
  const device = new DeviceParameters(layout, parameters);
  const matrix = (values: Float32Array) => tf.tensor2d(values.slice(), [batch.rows, values.length / batch.rows]);
  const transitions = {
    observations: matrix(batch.observations),
    actions: matrix(batch.actions),
    advantages: tf.tensor1d(batch.advantages.slice()),
  };
  const update = new TensorPolicyUpdate(device, { ...options, ...changed, activation: 'tanh' });
  return { device, transitions, update };
}

test('conjugate gradients on the device make the steps of those in this process, and end where they end', async () => {
  const generator = defaultRng(7);
  for (const size of [1, 3, 8]) {
    const factor = tf.tensor2d(
      Float32Array.from({ length: size * size }, () => generator.standardNormal()),
      [size, size],
    );
    const matrix = tf.add<tf.Tensor2D>(tf.matMul(factor, factor, true), tf.eye(size));
    const entries = await matrix.data();
    const b = Float64Array.from({ length: size }, (_, i) => Math.cos(3 * i));
    const [expected, right] = [new Float64Array(size), tf.tensor1d(Float32Array.from(b))];
    for (const limits of [
      { iterations: 2, tolerance: 0 },
      { iterations: 20, tolerance: 1e-3 },
    ]) {
      const multiply = (vector: Float64Array, out: Float64Array) => {
        for (let i = 0; i < size; i++) {
          out[i] = vector.reduce((sum, value, j) => sum + entries[i * size + j] * value, 0);
        }
      };
      const made = new ConjugateGradients(size).solve(multiply, b, expected, limits);
      const product = (vector: tf.Tensor1D) =>
        tf.squeeze<tf.Tensor1D>(tf.matMul(matrix, tf.expandDims(vector, 1)), [1]);
      await leakCheck(async () => {
        const { solution, iterations } = solveOnDevice(product, right, limits);
        if (size > 1) expect((await iterations.data())[0]).toBe(made);
        (await solution.data()).forEach((value, i) => {
          expect(value).toBeCloseTo(expected[i], 4);
        });
        tf.dispose([solution, iterations]);
      });
    }
  }
});

test('nothing on the right side, nothing to do; a matrix that is not positive ends the search', async () => {
  const found = async (b: number[]) => {
    const { solution, iterations } = solveOnDevice(tf.neg, tf.tensor1d(b), { iterations: 5, tolerance: 0 });
    return [...(await solution.data()), ...(await iterations.data())];
  };
  expect(await found([0, 0])).toEqual([0, 0, 0]);
  expect(await found([1, 2])).toEqual([0, 0, 0]);
});

test.each(distributions.flatMap((distribution) => [1, 3].map((fisherStride) => ({ distribution, fisherStride }))))(
  'Fisher-vector products by second derivatives are those in forward mode: %o',
  async ({ distribution, fisherStride }) => {
    const toy = createToy({ distribution, rows: 20, maxBatch: 20 });
    const { device, transitions, update } = onDevice(toy, { cgDamping: 0.3 });
    const observations = tf.gather(transitions.observations, tf.range(0, 20, fisherStride, 'int32'));
    const old = {
      flat: device.flat,
      fisherObservations: observations,
      fisherOutputs: policyOutputs(device.named(), observations, 'tanh'),
    };
    const fisher = new FisherProduct(toy.networks.policy, 20, { damping: 0.3, stride: fisherStride });
    fisher.prepare(toy.batch.observations, 20);
    const vector = new Float64Array(device.size);
    const expected = new Float64Array(device.size);
    toy.generator.fillNormal(vector);
    fisher.multiply(vector, expected);
    const found = await tf.tidy(() => update.fisherProduct(tf.tensor1d(Float32Array.from(vector)), old)).data();
    const scale = Math.max(...expected.map(Math.abs));
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i]) / scale).toBeLessThan(2e-5);
    });
  },
);

test.each([
  { distribution: 'gaussian', changed: {} },
  { distribution: 'gaussian', changed: { fisherStride: 3, entropyCoefficient: 0.2, maxKl: 0.1 } },
  { distribution: 'categorical', changed: { entropyCoefficient: 0.1 } },
  // Without damping the line search has to shorten.
  { distribution: 'categorical', changed: { maxKl: 0.3, cgDamping: 1e-3 } },
] as const)('a step is the step of the kernels: %o', async ({ distribution, changed }) => {
  const toy = createToy({ distribution, rows: 30 });
  const before = toy.networks.policy.parameters.parameters.slice();
  // Few iterations, since rounding in float32 adds up over many.
  const chosen = { ...options, cgIterations: 5, ...changed };
  const { device, transitions, update } = onDevice(toy, chosen);
  const expected = new PolicyUpdate(toy.networks.policy, chosen, 30).run(toy.batch);
  const found = await update.run(transitions);
  expect(expected.stepFraction).toBeGreaterThan(0);
  for (const [name, value] of Object.entries(expected)) {
    expect(found[name as keyof typeof found], name).toBeCloseTo(value, 4);
  }
  const moved = new Float32Array(device.size);
  await device.read(moved);
  const step = toy.networks.policy.parameters.parameters.map((value, i) => value - before[i]);
  const length = Math.hypot(...step);
  moved.forEach((value, i) => {
    expect(Math.abs(value - before[i] - step[i]) / length).toBeLessThan(1e-3);
  });
});

test.each(distributions)('many steps stay within delta and improve the surrogate: %s', async (distribution) => {
  const toy = createToy({ distribution, rows: 30 });
  const { device, transitions, update } = onDevice(toy, { cgDamping: 0, cgIterations: 5 });
  for (let step = 0; step < 6; step++) {
    toy.generator.fillNormal(toy.batch.advantages);
    const advantages = tf.tensor1d(toy.batch.advantages.slice());
    const { kl, improvement, stepFraction } = await update.run({ ...transitions, advantages });
    expect(kl).toBeLessThanOrEqual(0.01);
    expect(kl > 0).toBe(stepFraction > 0);
    expect(improvement > 0).toBe(stepFraction > 0);
  }
  device.dispose();
});

test('where no length is acceptable, or there are no advantages, the parameters stay as they were', async () => {
  const toy = createToy({ distribution: 'gaussian', rows: 30, seed: 0 });
  const expected = toy.networks.policy.parameters.parameters;
  const found = new Float32Array(expected.length);
  const first = onDevice(toy, { maxKl: 1, cgDamping: 0, backtrackAttempts: 1 });
  expect(await first.update.run(first.transitions)).toMatchObject({ stepFraction: 0, kl: 0, improvement: 0 });
  await first.device.read(found);
  expect(found).toEqual(expected);
  toy.batch.advantages.fill(0);
  const second = onDevice(toy);
  const nothing = { stepFraction: 0, kl: 0, cgResidual: 0, cgIterations: 0, gradientNorm: 0 };
  expect(await second.update.run(second.transitions)).toMatchObject(nothing);
  await second.device.read(found);
  expect(found).toEqual(expected);
});
