import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { describeDistribution } from '../testing/distribution.case.ts';
import { DiagonalGaussian, type GaussianForm } from './diagonal-gaussian.ts';

const size = 3;

for (const form of ['shared', 'per-row', 'joint'] satisfies GaussianForm[]) {
  describeDistribution({
    name: `diagonal Gaussian, ${form}`,
    distribution: new DiagonalGaussian(size, { form }),
    makeParameters(batch, generator) {
      const draw = (length: number) => Float64Array.from({ length }, () => generator.uniform(-0.5, 0.5));
      if (form !== 'joint') {
        return { mean: draw(batch * size), logStandardDeviation: draw(form === 'shared' ? size : batch * size) };
      }
      const outputs = draw(2 * batch * size);
      return { mean: outputs, logStandardDeviation: outputs.subarray(size) };
    },
    arraysOf({ mean, logStandardDeviation }) {
      const arrays = form === 'joint' ? [mean] : [mean, logStandardDeviation];
      return arrays as Float64Array[];
    },
  });
}

test('values of the textbook', () => {
  const gaussian = new DiagonalGaussian(2);
  const parameters = { mean: Float64Array.of(1, -1), logStandardDeviation: Float64Array.of(Math.log(2), 0) };
  const out = new Float64Array(1);
  gaussian.logProbability(parameters, Float64Array.of(3, -1.5), 1, out);
  // log of the densities N(3; 1, 2^2) = .120985 and N(-1.5; -1, 1) = .352065.
  expect(out[0]).toBeCloseTo(Math.log(0.12098536225957168) + Math.log(0.3520653267642995), 12);
  gaussian.entropy(parameters, 1, out);
  expect(out[0]).toBeCloseTo(Math.log(2 * Math.PI * Math.E) + Math.log(2), 12);
  const standard = { mean: Float64Array.of(0, 0), logStandardDeviation: Float64Array.of(0, 0) };
  gaussian.klDivergence(parameters, standard, 1, out);
  expect(out[0]).toBeCloseTo(-Math.log(2) + (4 + 1) / 2 - 0.5 + 0.5, 12);
  const mode = new Float64Array(2);
  gaussian.mode(parameters, 1, mode);
  expect([...mode]).toEqual([1, -1]);
});

test('samples have the mean and the standard deviation', () => {
  const gaussian = new DiagonalGaussian(2);
  const parameters = { mean: Float64Array.of(1, -3), logStandardDeviation: Float64Array.of(Math.log(2), -1) };
  const generator = defaultRng(11);
  const action = new Float64Array(2);
  const draws = 50_000;
  const sums = [0, 0];
  const squares = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    gaussian.sample(parameters, 1, generator, action);
    for (let i = 0; i < 2; i++) {
      sums[i] += action[i] / draws;
      squares[i] += (action[i] - parameters.mean[i]) ** 2 / draws;
    }
  }
  expect(sums[0]).toBeCloseTo(1, 1);
  expect(sums[1]).toBeCloseTo(-3, 2);
  expect(Math.sqrt(squares[0])).toBeCloseTo(2, 1);
  expect(Math.sqrt(squares[1])).toBeCloseTo(Math.exp(-1), 2);
});

test('a sample is the mean plus the deviation times the next normals', () => {
  const gaussian = new DiagonalGaussian(2, { form: 'joint' });
  const outputs = Float32Array.of(1, 2, Math.log(3), 0, 10, 20, 0, Math.log(5));
  const actions = new Float32Array(4);
  gaussian.sample({ mean: outputs, logStandardDeviation: outputs.subarray(2) }, 2, defaultRng(5), actions);
  const noise = new Float64Array(4);
  defaultRng(5).fillStandardNormal(noise);
  const expected = [1 + 3 * noise[0], 2 + noise[1], 10 + noise[2], 20 + 5 * noise[3]];
  actions.forEach((action, i) => {
    expect(action).toBeCloseTo(expected[i], 5);
  });
});
