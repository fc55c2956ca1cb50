import { DeviceParameters, loadTensorBackend, tf } from '@understudy/tensor';
import type { PolicySpec } from '@understudy/training';
import { beforeAll, expect, test } from 'vitest';
import { dot } from './conjugate-gradients.ts';
import { FisherProduct } from './fisher.ts';
import { logProbabilities, type PolicyOutputs, policyOutputs } from './readable-policy.ts';
import { createToy, observationSize, type Toy, type ToyOptions } from './testing/toy-policy.ts';

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

const toys: (Pick<ToyOptions, 'distribution' | 'hiddenSizes'> & { rows: number })[] = [
  { distribution: 'gaussian', rows: 20 },
  { distribution: 'gaussian', rows: 7, hiddenSizes: [] },
  { distribution: 'categorical', rows: 20 },
  { distribution: 'categorical', rows: 5, hiddenSizes: [6] },
];

function fisherOf({ networks, batch }: Toy, { damping = 0, stride = 1 } = {}) {
  const fisher = new FisherProduct(networks.policy, batch.rows, { damping, stride });
  fisher.prepare(batch.observations, batch.rows);
  return (vector: Float64Array) => {
    const out = new Float64Array(vector.length).fill(99);
    fisher.multiply(vector, out);
    return out;
  };
}

function drawVector({ networks, generator }: Toy): Float64Array {
  const vector = new Float64Array(networks.policy.parameters.size);
  generator.fillNormal(vector);
  return vector;
}

/**
 * The Fisher matrix by its definition, the mean over rows and actions of score times score^T, as a product: autodiff
 * gives the scores. The expectation over a row's actions is exact: the sum over all choices, or Gauss-Hermite
 * quadrature with three nodes a component, which is exact up to the fifth power where the scores' product has the fourth.
 */
function fisherOfScores({ spec, networks, batch }: Toy, rows: readonly number[]) {
  const device = new DeviceParameters(networks.policy.parameters.layout, networks.policy.parameters.parameters);
  const scores: { weight: number; score: number[] }[] = [];
  for (const row of rows) {
    const observation = batch.observations.slice(row * observationSize, (row + 1) * observationSize);
    const inputs = tf.tensor2d(observation, [1, observationSize]);
    const outputsAt = (flat: tf.Tensor) => policyOutputs(device.named(flat as tf.Tensor1D), inputs, 'tanh');
    for (const { weight, action } of weightedActions(spec, outputsAt(device.flat))) {
      const taken = tf.tensor2d(action, [1, action.length]);
      const gradient = tf.grad((flat: tf.Tensor) => tf.sum(logProbabilities(outputsAt(flat), taken)))(device.flat);
      scores.push({ weight: weight / rows.length, score: [...gradient.dataSync()] });
    }
  }
  return (vector: Float64Array) => {
    const product = new Array<number>(vector.length).fill(0);
    for (const { weight, score } of scores) {
      const along = weight * score.reduce((sum, value, i) => sum + value * vector[i], 0);
      score.forEach((value, i) => {
        product[i] += along * value;
      });
    }
    return product;
  };
}

function weightedActions(spec: PolicySpec, policy: PolicyOutputs) {
  const outputs = [...policy.outputs.dataSync()];
  if (spec.distribution === 'categorical') {
    const total = outputs.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return outputs.map((logit, choice) => ({ weight: Math.exp(logit) / total, action: Float32Array.of(choice) }));
  }
  const deviations = [...policy.logDeviations!.dataSync()].map(Math.exp);
  const nodes = [-1, 0, 1].map((sign) => ({ weight: sign === 0 ? 2 / 3 : 1 / 6, z: sign * Math.sqrt(3) }));
  return nodes.flatMap((first) =>
    nodes.map((second) => ({
      weight: first.weight * second.weight,
      action: Float32Array.of(outputs[0] + deviations[0] * first.z, outputs[1] + deviations[1] * second.z),
    })),
  );
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0.01);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - found[i]))) / scale).toBeLessThan(2e-5);
}

test.each(toys)('the product is that of the scores by autodiff: %o', (options) => {
  const toy = createToy(options);
  const multiply = fisherOf(toy);
  const expected = fisherOfScores(toy, [...new Array(toy.batch.rows).keys()]);
  for (let draws = 0; draws < 3; draws++) {
    const vector = drawVector(toy);
    expectClose(multiply(vector), expected(vector));
  }
});

test('every third row is the Fisher matrix of those rows', () => {
  const toy = createToy({ distribution: 'gaussian', rows: 26 });
  const vector = drawVector(toy);
  expectClose(fisherOf(toy, { stride: 3 })(vector), fisherOfScores(toy, [0, 3, 6, 9, 12, 15, 18, 21, 24])(vector));
});

test.each(toys)('it is symmetric and positive, and damping adds a multiple of the vector: %o', (options) => {
  const toy = createToy(options);
  const multiply = fisherOf(toy);
  const damped = fisherOf(toy, { damping: 0.7 });
  for (let draws = 0; draws < 10; draws++) {
    const [u, v] = [drawVector(toy), drawVector(toy)];
    const product = multiply(v);
    const scale = Math.sqrt(dot(u, u) * dot(v, v));
    expect(Math.abs(dot(u, product) - dot(v, multiply(u))) / scale).toBeLessThan(1e-5);
    expect(dot(v, product)).toBeGreaterThan(0);
    damped(v).forEach((value, i) => {
      expect(value).toBeCloseTo(product[i] + 0.7 * v[i], 5);
    });
  }
});

test('blocks change nothing but rounding', () => {
  const products = [3, 7, 100].map((maxBatch) => {
    const toy = createToy({ distribution: 'categorical', rows: 20, maxBatch });
    const vector = new Float64Array(toy.networks.policy.parameters.size).map((_, i) => Math.sin(i));
    const multiply = fisherOf(toy);
    multiply(vector.map((value) => -value));
    return multiply(vector);
  });
  expectClose(products[1], [...products[0]]);
  expectClose(products[2], [...products[0]]);
});

test('new observations replace the old ones, also when one block holds them', () => {
  const [reused, fresh] = [0, 1].map(() => createToy({ distribution: 'categorical', rows: 20, maxBatch: 20 }));
  const vector = drawVector(fresh);
  const out = new Float64Array(vector.length);
  const fisher = new FisherProduct(reused.networks.policy, 20, { damping: 0, stride: 1 });
  fisher.prepare(reused.batch.observations, 20);
  fisher.multiply(vector, out);
  fisher.prepare(reused.batch.observations.subarray(30), 10);
  fisher.multiply(vector, out);
  expectClose(out, fisherOfScores(fresh, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19])(vector));
});
