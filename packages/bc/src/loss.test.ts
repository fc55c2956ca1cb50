import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { type CloningLoss, gaussianNegativeLogLikelihood, meanSquaredError } from './loss.ts';

const batch = 5;
const actionSize = 3;
const generator = defaultRng(2);
const draw = (length: number) => Float32Array.from({ length }, () => generator.standardNormal());

/** Central differences of a loss by each element of `variables`, which is part of what it reads. */
function finiteDifferences(variables: Float32Array, loss: () => number): number[] {
  return [...variables].map((value, i) => {
    variables[i] = value + 1e-2;
    const above = loss();
    variables[i] = value - 1e-2;
    const below = loss();
    variables[i] = value;
    return (above - below) / 2e-2;
  });
}

function expectClose(found: Float32Array, expected: number[]): void {
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 2);
  });
}

test('the gradient of the mean squared error is that of finite differences', () => {
  const [outputs, actions] = [draw(batch * actionSize), draw(batch * actionSize)];
  const loss = meanSquaredError(actionSize);
  const gradients = new Float32Array(batch * actionSize).fill(9);
  const value = loss.backward(outputs, actions, batch, gradients);
  expect(value).toBeCloseTo(outputs.reduce((sum, output, i) => sum + (output - actions[i]) ** 2, 0) / 15, 5);
  expectClose(
    gradients,
    finiteDifferences(outputs, () => loss.value(outputs, actions, batch)),
  );
});

test('the gradients of the Gaussian likelihood are those of finite differences, the deviation’s too', () => {
  const [outputs, actions, logDeviations] = [draw(batch * actionSize), draw(batch * actionSize), draw(actionSize)];
  const deviationGradients = new Float32Array(actionSize);
  const loss = gaussianNegativeLogLikelihood(logDeviations, deviationGradients, batch);
  const gradients = new Float32Array(batch * actionSize).fill(9);
  loss.backward(outputs, actions, batch, gradients);
  // Differences of float32 log-probabilities are coarse where deviations are small: compare in relation to the size.
  const scale = Math.max(...gradients.map(Math.abs), ...deviationGradients.map(Math.abs));
  const relative = (values: Float32Array) => values.map((value) => value / scale);
  const differences = (variables: Float32Array) =>
    finiteDifferences(variables, () => loss.value(outputs, actions, batch)).map((value) => value / scale);
  expectClose(relative(gradients), differences(outputs));
  expectClose(relative(deviationGradients), differences(logDeviations));
});

test.each([
  ['mean squared error', () => meanSquaredError(1), 1],
  ['standard normal likelihood', () => gaussianNegativeLogLikelihood(Float32Array.of(0), new Float32Array(1), 2), 0.5],
] as [string, () => CloningLoss, number][])('%s of errors 0 and 1', (name, create, factor) => {
  const normaliser = name.startsWith('mean') ? 0 : 0.5 * Math.log(2 * Math.PI);
  const value = create().value(Float32Array.of(3, 3), Float32Array.of(3, 4), 2);
  expect(value).toBeCloseTo((factor * 1) / 2 + normaliser, 5);
});
