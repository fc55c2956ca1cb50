import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { describeDistribution } from '../testing/distribution.case.ts';
import { finiteDifferences, largestError } from '../testing/finite-differences.ts';
import type { GaussianForm } from './diagonal-gaussian.ts';
import { SquashedGaussian } from './squashed-gaussian.ts';

const size = 2;

for (const form of ['shared', 'per-row', 'joint'] satisfies GaussianForm[]) {
  describeDistribution({
    name: `squashed Gaussian, ${form}`,
    distribution: new SquashedGaussian(size, { form }),
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

test.each([
  [0, 0],
  [0.7, -1],
  [-1.5, 0.3],
])('the density of mean %d, log deviation %d integrates to 1', (mean, logDeviation) => {
  const squashed = new SquashedGaussian(1);
  const parameters = { mean: Float64Array.of(mean), logStandardDeviation: Float64Array.of(logDeviation) };
  const out = new Float64Array(1);
  const cells = 200_000;
  let integral = 0;
  for (let cell = 0; cell < cells; cell++) {
    squashed.logProbability(parameters, Float64Array.of(-1 + (2 * cell + 1) / cells), 1, out);
    integral += (Math.exp(out[0]) * 2) / cells;
  }
  expect(integral).toBeCloseTo(1, 4);
});

test('the log-probability is the Gaussian one less log(1 - a^2)', () => {
  const squashed = new SquashedGaussian(1);
  const parameters = { mean: Float64Array.of(0.2), logStandardDeviation: Float64Array.of(-0.4) };
  const action = 0.6;
  const z = (Math.atanh(action) - 0.2) / Math.exp(-0.4);
  const expected = -0.5 * z * z + 0.4 - 0.5 * Math.log(2 * Math.PI) - Math.log(1 - action ** 2);
  const out = new Float64Array(1);
  squashed.logProbability(parameters, Float64Array.of(action), 1, out);
  expect(out[0]).toBeCloseTo(expected, 12);
});

test('latents far out, whose action rounds to 1, keep an exact log-probability', () => {
  const squashed = new SquashedGaussian(1);
  const out = new Float64Array(1);
  for (const latent of [-40, 40]) {
    const parameters = { mean: Float64Array.of(latent), logStandardDeviation: Float64Array.of(0) };
    squashed.logProbabilityOfLatents(parameters, Float64Array.of(latent), 1, out);
    expect(out[0]).toBeCloseTo(-0.5 * Math.log(2 * Math.PI) - 2 * (Math.LN2 - 40), 10);
    squashed.logProbability(parameters, Float64Array.of(Math.sign(latent)), 1, out);
    expect(Number.isFinite(out[0])).toBe(true);
  }
});

test('samples are tanh of the latents and lie within (-1, 1)', () => {
  const squashed = new SquashedGaussian(size);
  const parameters = { mean: Float64Array.of(0.5, -2), logStandardDeviation: Float64Array.of(0, 0.5) };
  const [actions, latents, alone, logActions, logLatents] = [2, 2, 2, 1, 1].map((length) => new Float64Array(length));
  squashed.sample(parameters, 1, defaultRng(6), actions, latents);
  squashed.sample(parameters, 1, defaultRng(6), alone);
  expect([...actions]).toEqual([...latents].map(Math.tanh));
  expect(alone).toEqual(actions);
  squashed.logProbability(parameters, actions, 1, logActions);
  squashed.logProbabilityOfLatents(parameters, latents, 1, logLatents);
  expect(logActions[0]).toBeCloseTo(logLatents[0], 9);
  squashed.mode(parameters, 1, actions);
  expect([...actions]).toEqual([Math.tanh(0.5), Math.tanh(-2)]);
});

test('the entropy is found also where the Gaussian is very narrow or wide', () => {
  const squashed = new SquashedGaussian(1);
  const out = new Float64Array(1);
  const entropyOf = (mean: number, deviation: number) => {
    const parameters = { mean: Float64Array.of(mean), logStandardDeviation: Float64Array.of(Math.log(deviation)) };
    squashed.entropy(parameters, 1, out);
    return out[0];
  };
  const gaussian = (deviation: number) => 0.5 * Math.log(2 * Math.PI * Math.E) + Math.log(deviation);
  // Narrow: the tanh is linear. Wide: log(1 - tanh(u)^2) = 2 log 2 - 2 |u| + remainder, where E|u| = s sqrt(2 / pi)
  // and the remainder, 2 log1p(exp(-2 |u|)) taken away, has the mean pi^2 / 6 times the density at 0, 1 / (s sqrt(2 pi)).
  expect(entropyOf(0.3, 1e-5)).toBeCloseTo(gaussian(1e-5) + Math.log(1 - Math.tanh(0.3) ** 2), 8);
  const wide = 30;
  const remainder = Math.PI ** 2 / 6 / (wide * Math.sqrt(2 * Math.PI));
  const expected = gaussian(wide) + 2 * Math.LN2 - 2 * wide * Math.sqrt(2 / Math.PI) - remainder;
  expect(entropyOf(0, wide)).toBeCloseTo(expected, 3);
  expect(Number.isFinite(entropyOf(0, Math.exp(20)))).toBe(true);
});

test('pathwise gradients are the finite differences with the noise held', () => {
  const batch = 3;
  const generator = defaultRng(21);
  const draw = (length: number) => Float64Array.from({ length }, () => generator.uniform(-1, 1));
  for (const form of ['shared', 'per-row'] satisfies GaussianForm[]) {
    const squashed = new SquashedGaussian(size, { form });
    const scales = form === 'shared' ? size : batch * size;
    const parameters = { mean: draw(batch * size), logStandardDeviation: draw(scales) };
    const upstream = { logProbability: draw(batch), actions: draw(batch * size) };
    const [actions, latents, logProbability] = [draw(batch * size), draw(batch * size), draw(batch)];
    const loss = () => {
      squashed.sample(parameters, batch, defaultRng(22), actions, latents);
      squashed.logProbabilityOfLatents(parameters, latents, batch, logProbability);
      const byLog = logProbability.reduce((sum, value, row) => sum + value * upstream.logProbability[row], 0);
      return actions.reduce((sum, value, i) => sum + value * upstream.actions[i], byLog);
    };
    loss();
    const gradients = { mean: new Float64Array(batch * size), logStandardDeviation: new Float64Array(scales) };
    squashed.addPathwiseGradients(parameters, latents.slice(), upstream, batch, gradients);
    expect(largestError(gradients.mean, finiteDifferences(loss, parameters.mean))).toBeLessThan(1e-8);
    const byScale = finiteDifferences(loss, parameters.logStandardDeviation);
    expect(largestError(gradients.logStandardDeviation, byScale)).toBeLessThan(1e-8);
  }
});
