import { expect, test } from 'vitest';
import { PolicyUpdate, type PolicyUpdateOptions } from './policy-update.ts';
import { createToy, observationSize, type Toy } from './testing/toy-policy.ts';

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

const updateOf = ({ networks, batch }: Toy, changed: Partial<PolicyUpdateOptions> = {}) =>
  new PolicyUpdate(networks.policy, { ...options, ...changed }, batch.rows);

/** The policy's outputs for every row of the batch. */
function outputsOf({ networks, batch }: Toy): Float32Array {
  const { actor } = networks.policy;
  const outputs = new Float32Array(batch.rows * actor.outputSize);
  for (let row = 0; row < batch.rows; row++) {
    const observation = batch.observations.slice(row * observationSize, (row + 1) * observationSize);
    outputs.set(actor.forward(observation, 1), row * actor.outputSize);
  }
  return outputs;
}

/** Solves A x = b by Gaussian elimination; A is positive, so the diagonal serves as pivots. */
function solve(matrix: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, b[i]]);
  rows.forEach((pivot, i) => {
    rows.forEach((row, k) => {
      if (k === i) return;
      const factor = row[i] / pivot[i];
      for (let j = i; j < row.length; j++) row[j] -= factor * pivot[j];
    });
  });
  return rows.map((row, i) => row[row.length - 1] / row[i]);
}

/**
 * The natural gradient step of a linear policy with Gaussian noise, by hand. With x = (observation, 1) and C = mean x x^T,
 * the Fisher matrix of a component's weights and bias is C / sd^2, that of its log standard deviation 2.
 */
function closedFormStep(toy: Toy, delta: number): number[] {
  const { batch, networks } = toy;
  const { rows, observations, actions, advantages } = batch;
  const inputs = Array.from({ length: rows }, (_, n) => [...observations.subarray(3 * n, 3 * n + 3), 1]);
  const moments = [0, 1, 2, 3].map((i) =>
    [0, 1, 2, 3].map((j) => inputs.reduce((sum, x) => sum + (x[i] * x[j]) / rows, 0)),
  );
  const means = outputsOf(toy);
  const logDeviations = networks.policy.parameters.tensor('log_standard_deviation');
  const step = new Array<number>(10);
  let squaredLength = 0;
  for (let k = 0; k < 2; k++) {
    const deviation = Math.exp(logDeviations[k]);
    const z = inputs.map((_, n) => (actions[2 * n + k] - means[2 * n + k]) / deviation);
    const byWeights = [0, 1, 2, 3].map((i) =>
      inputs.reduce((sum, x, n) => sum + (advantages[n] * z[n] * x[i]) / deviation / rows, 0),
    );
    const byLogDeviation = z.reduce((sum, value, n) => sum + (advantages[n] * (value * value - 1)) / rows, 0);
    const natural = solve(moments, byWeights).map((value) => value * deviation ** 2);
    natural.forEach((value, i) => {
      step[2 * i + k] = value;
    });
    step[8 + k] = byLogDeviation / 2;
    squaredLength += natural.reduce((sum, value, i) => sum + value * byWeights[i], byLogDeviation ** 2 / 2);
  }
  return step.map((value) => value * Math.sqrt((2 * delta) / squaredLength));
}

test.each([1e-2, 1e-3, 1e-4])(
  'a linear Gaussian policy takes the natural gradient step of KL divergence %d',
  (maxKl) => {
    for (let seed = 0; seed < 5; seed++) {
      const toy = createToy({ distribution: 'gaussian', rows: 40, hiddenSizes: [], maxBatch: 16, seed });
      const expected = closedFormStep(toy, maxKl);
      const before = toy.networks.policy.parameters.parameters.slice();
      const { kl, stepFraction, cgResidual } = updateOf(toy, { maxKl, cgDamping: 0 }).run(toy.batch);
      const length = Math.hypot(...expected);
      toy.networks.policy.parameters.parameters.forEach((value, i) => {
        expect(Math.abs(value - before[i] - stepFraction * expected[i]) / length).toBeLessThan(2e-5);
      });
      expect(cgResidual).toBeLessThan(1e-5);
      // The third order is left, which vanishes with the root of delta.
      expect(Math.abs(kl / (stepFraction ** 2 * maxKl) - 1)).toBeLessThan(2 * Math.sqrt(maxKl));
      expect(stepFraction).toBeGreaterThanOrEqual(0.8);
    }
  },
);

test.each(distributions.flatMap((distribution) => [0, 0.1].map((cgDamping) => ({ distribution, cgDamping }))))(
  'many steps stay within delta and improve the surrogate: %o',
  ({ distribution, cgDamping }) => {
    let shortened = 0;
    for (const maxKl of [0.1, 0.01, 0.001]) {
      const toy = createToy({ distribution, rows: 30 });
      const update = updateOf(toy, { maxKl, cgDamping });
      for (let step = 0; step < 20; step++) {
        toy.generator.fillNormal(toy.batch.advantages);
        const { kl, improvement, stepFraction, cgIterations } = update.run(toy.batch);
        expect(kl).toBeLessThanOrEqual(maxKl);
        expect(cgIterations).toBe(10);
        expect(kl > 0).toBe(stepFraction > 0);
        expect(improvement > 0).toBe(stepFraction > 0);
        if (stepFraction < 1) shortened++;
      }
    }
    // Without damping the small batch's Fisher matrix is nearly singular, and the line search is what keeps the bound.
    if (cgDamping === 0) expect(shortened).toBeGreaterThan(20);
  },
);

test('a positive advantage makes a choice more probable, a negative one less', () => {
  for (const favourite of [0, 1, 2, 3]) {
    const toy = createToy({ distribution: 'categorical', rows: 30 });
    const { batch } = toy;
    batch.actions.forEach((action, row) => {
      batch.advantages[row] = action === favourite ? 1 : -0.5;
    });
    const probability = () => {
      const outputs = outputsOf(toy);
      let sum = 0;
      for (let row = 0; row < batch.rows; row++) {
        const weights = [...outputs.subarray(4 * row, 4 * row + 4)].map(Math.exp);
        sum += weights[favourite] / weights.reduce((total, weight) => total + weight);
      }
      return sum / batch.rows;
    };
    const before = probability();
    updateOf(toy).run(batch);
    expect(probability()).toBeGreaterThan(before + 0.01);
  }
});

test.each([1, -1])(
  'a mean moves to where the advantages are, a deviation grows when they are far away: sign %d',
  (sign) => {
    const toy = createToy({ distribution: 'gaussian', rows: 60 });
    const { batch, networks } = toy;
    const logDeviations = networks.policy.parameters.tensor('log_standard_deviation');
    const meanOfFirst = () => outputsOf(toy).reduce((sum, value, i) => sum + (i % 2 === 0 ? value / batch.rows : 0), 0);
    const z = (component: number, row: number, means: Float32Array) =>
      (batch.actions[2 * row + component] - means[2 * row + component]) * Math.exp(-logDeviations[component]);
    let means = outputsOf(toy);
    for (let row = 0; row < batch.rows; row++) batch.advantages[row] = sign * Math.sign(z(0, row, means));
    const before = meanOfFirst();
    updateOf(toy).run(batch);
    expect(sign * (meanOfFirst() - before)).toBeGreaterThan(0.01);
    means = outputsOf(toy);
    for (let row = 0; row < batch.rows; row++) batch.advantages[row] = sign * (z(1, row, means) ** 2 - 1);
    const logDeviation = logDeviations[1];
    updateOf(toy).run(batch);
    expect(sign * (logDeviations[1] - logDeviation)).toBeGreaterThan(0.01);
  },
);

test.each(distributions)('the entropy bonus alone widens the distribution: %s', (distribution) => {
  const toy = createToy({ distribution, rows: 20 });
  toy.batch.advantages.fill(0);
  const update = updateOf(toy, { entropyCoefficient: 0.1 });
  const entropies = Array.from({ length: 5 }, () => update.run(toy.batch).entropy);
  for (let i = 1; i < 5; i++) expect(entropies[i]).toBeGreaterThan(entropies[i - 1]);
});

test('where no length is acceptable, the parameters stay as they were', () => {
  const toy = createToy({ distribution: 'gaussian', rows: 30, seed: 0 });
  const { parameters } = toy.networks.policy.parameters;
  const before = parameters.slice();
  const statistics = updateOf(toy, { maxKl: 1, cgDamping: 0, backtrackAttempts: 1 }).run(toy.batch);
  expect(statistics).toMatchObject({ stepFraction: 0, kl: 0, improvement: 0 });
  expect(parameters).toEqual(before);
  // More attempts find one.
  expect(updateOf(toy, { maxKl: 1, cgDamping: 0 }).run(toy.batch).stepFraction).toBeGreaterThan(0);
});

test('without advantages there is nothing to do', () => {
  const toy = createToy({ distribution: 'categorical', rows: 20 });
  const before = toy.networks.policy.parameters.parameters.slice();
  toy.batch.advantages.fill(0);
  const statistics = updateOf(toy).run(toy.batch);
  expect(statistics).toMatchObject({ stepFraction: 0, kl: 0, cgResidual: 0, cgIterations: 0, gradientNorm: 0 });
  expect(toy.networks.policy.parameters.parameters).toEqual(before);
});
