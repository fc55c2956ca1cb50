import { KernelMemory } from '@understudy/kernels';
import { allocateParameters, DiagonalGaussian } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import { loadTensorBackend, tf } from '@understudy/tensor';
import { createActionHead, type PolicySpec, policyTensorShapes } from '@understudy/training';
import { beforeAll, expect, test } from 'vitest';
import { clippedSurrogate, clippedValueLoss, normalizeAdvantages } from './loss.ts';
import { gaussianLikelihood, type LossCoefficients, readableLoss } from './readable-loss.ts';

const batch = 64;
const actionSize = 3;
const generator = defaultRng(11);
const draw = (length: number, scale: number) => Float32Array.from({ length }, () => scale * generator.standardNormal());

beforeAll(async () => {
  await loadTensorBackend({ backend: 'cpu' });
});

/** Old and new outputs far enough apart that every branch of both clips is taken. */
function drawMinibatch() {
  const logDeviations = draw(actionSize, 0.3);
  const means = draw(batch * actionSize, 1);
  const oldMeans = means.map((mean) => mean + 0.15 * generator.standardNormal());
  const gaussian = new DiagonalGaussian(actionSize);
  const actions = new Float32Array(batch * actionSize);
  const oldLogProbabilities = new Float32Array(batch);
  const old = { mean: oldMeans, logStandardDeviation: logDeviations };
  gaussian.sample(old, batch, generator, actions);
  gaussian.logProbability(old, actions, batch, oldLogProbabilities);
  const values = draw(batch, 1);
  const oldValues = values.map((value) => value + 0.3 * generator.standardNormal());
  return {
    means,
    logDeviations,
    actions,
    oldLogProbabilities,
    values,
    oldValues,
    advantages: draw(batch, 1),
    returns: draw(batch, 1),
  };
}

/** Gradients by tfjs: of the means, the log deviations and the values. */
function autodiff(minibatch: ReturnType<typeof drawMinibatch>, coefficients: LossCoefficients) {
  const { actions, oldLogProbabilities, oldValues, advantages, returns } = minibatch;
  const inputs = {
    oldLogProbabilities: tf.tensor1d(oldLogProbabilities),
    oldValues: tf.tensor1d(oldValues),
    advantages: tf.tensor1d(advantages),
    returns: tf.tensor1d(returns),
  };
  const taken = tf.tensor2d(actions, [batch, actionSize]);
  const { value, grads } = tf.valueAndGrads((means, logDeviations, values) => {
    const likelihood = gaussianLikelihood(means as tf.Tensor2D, logDeviations as tf.Tensor1D, taken);
    return readableLoss({ ...likelihood, values: values as tf.Tensor1D }, inputs, coefficients).loss;
  })([
    tf.tensor2d(minibatch.means, [batch, actionSize]),
    tf.tensor1d(minibatch.logDeviations),
    tf.tensor1d(minibatch.values),
  ]);
  return { loss: value.dataSync()[0], gradients: grads.map((gradient) => [...gradient.dataSync()]) };
}

/** The same by our closed forms. */
function closedForm(minibatch: ReturnType<typeof drawMinibatch>, coefficients: LossCoefficients) {
  const { clip, clipValueLoss, valueCoefficient, entropyCoefficient } = coefficients;
  const { means, actions } = minibatch;
  const spec = {
    distribution: 'gaussian',
    observationSize: 1,
    hiddenSizes: [],
    actionSize,
    outputSize: actionSize,
  } as Partial<PolicySpec> as PolicySpec;
  const parameters = allocateParameters(KernelMemory.create(), policyTensorShapes(spec));
  parameters.tensor('log_standard_deviation').set(minibatch.logDeviations);
  const head = createActionHead(spec, parameters);
  const logProbabilities = new Float32Array(batch);
  const byLogProbability = new Float32Array(batch);
  const byMeans = new Float32Array(batch * actionSize).fill(99);
  const byValues = new Float32Array(batch);
  const statistics = { loss: 0, kl: 0, clipFraction: 0 };
  head.logProbability(means, actions, batch, logProbabilities);
  clippedSurrogate(
    logProbabilities,
    minibatch.oldLogProbabilities,
    minibatch.advantages,
    batch,
    clip,
    byLogProbability,
    statistics,
  );
  const byEntropy = new Float32Array(batch).fill(-entropyCoefficient / batch);
  head.backward(means, actions, byLogProbability, byEntropy, batch, byMeans);
  const valueLoss = clippedValueLoss(
    minibatch.values,
    minibatch.oldValues,
    minibatch.returns,
    batch,
    clipValueLoss ? clip : Infinity,
    valueCoefficient,
    byValues,
  );
  const entropies = new Float32Array(batch);
  head.entropy(means, batch, entropies);
  // The same in every row.
  const loss = statistics.loss + valueCoefficient * valueLoss - entropyCoefficient * entropies[0];
  return {
    loss,
    gradients: [[...byMeans], [...parameters.gradient('log_standard_deviation')], [...byValues]],
    statistics,
  };
}

test.each([
  { clip: 0.2, clipValueLoss: true, valueCoefficient: 0.5, entropyCoefficient: 0 },
  { clip: 0.1, clipValueLoss: true, valueCoefficient: 2, entropyCoefficient: 0.3 },
  { clip: 0.3, clipValueLoss: false, valueCoefficient: 1, entropyCoefficient: 0.01 },
])('the closed-form gradients are those of autodiff: %o', (coefficients) => {
  for (let draws = 0; draws < 5; draws++) {
    const minibatch = drawMinibatch();
    const expected = autodiff(minibatch, coefficients);
    const found = closedForm(minibatch, coefficients);
    expect(found.loss).toBeCloseTo(expected.loss, 4);
    found.gradients.forEach((gradient, which) => {
      gradient.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.gradients[which][i], 5);
      });
    });
    // Else the comparison would not have met the clip.
    expect(found.statistics.clipFraction).toBeGreaterThan(0.1);
    expect(found.statistics.clipFraction).toBeLessThan(0.9);
  }
});

/** Loss and derivative of one transition. */
function surrogateOf(ratio: number, advantage: number) {
  const gradients = new Float32Array(1);
  const statistics = { loss: 0, kl: 0, clipFraction: 0 };
  clippedSurrogate(
    Float32Array.of(Math.log(ratio)),
    Float32Array.of(0),
    Float32Array.of(advantage),
    1,
    0.2,
    gradients,
    statistics,
  );
  return { gradient: gradients[0], ...statistics };
}

test.each([
  // The ratio has moved as the advantage asks for, beyond the range: no gradient.
  { ratio: 1.5, advantage: 2, gradient: 0, loss: -2.4, clipFraction: 1 },
  { ratio: 0.5, advantage: -2, gradient: 0, loss: 1.6, clipFraction: 1 },
  // It has moved against it: the gradient brings it back, however far it is.
  { ratio: 0.5, advantage: 2, gradient: -1, loss: -1, clipFraction: 1 },
  { ratio: 1.5, advantage: -2, gradient: 3, loss: 3, clipFraction: 1 },
  // Within the range.
  { ratio: 1.1, advantage: 2, gradient: -2.2, loss: -2.2, clipFraction: 0 },
  { ratio: 0.9, advantage: -2, gradient: 1.8, loss: 1.8, clipFraction: 0 },
  { ratio: 1, advantage: 1, gradient: -1, loss: -1, clipFraction: 0 },
])('ratio $ratio with advantage $advantage', ({ ratio, advantage, gradient, loss, clipFraction }) => {
  const found = surrogateOf(ratio, advantage);
  expect(found.gradient).toBeCloseTo(gradient, 5);
  expect(found.loss).toBeCloseTo(loss, 5);
  expect(found.clipFraction).toBe(clipFraction);
  expect(found.kl).toBeCloseTo(ratio - 1 - Math.log(ratio), 5);
});

test.each([
  { name: 'within the clip', value: 1.1, oldValue: 1, target: 3, gradient: -1.9, loss: 0.5 * 1.9 ** 2 },
  { name: 'beyond it towards the target: held', value: 2, oldValue: 1, target: 3, gradient: 0, loss: 0.5 * 1.8 ** 2 },
  { name: 'beyond it away from the target', value: 0, oldValue: 1, target: 3, gradient: -3, loss: 0.5 * 9 },
  {
    name: 'beyond it past the target, nearer than the clipped',
    value: 3.5,
    oldValue: 1,
    target: 3,
    gradient: 0,
    loss: 0.5 * 1.8 ** 2,
  },
  {
    name: 'beyond it past the target, further than the clipped',
    value: 9,
    oldValue: 1,
    target: 3,
    gradient: 6,
    loss: 18,
  },
])('value loss $name', ({ value, oldValue, target, gradient, loss }) => {
  const gradients = new Float32Array(1);
  const found = clippedValueLoss(
    Float32Array.of(value),
    Float32Array.of(oldValue),
    Float32Array.of(target),
    1,
    0.2,
    1,
    gradients,
  );
  expect(found).toBeCloseTo(loss, 5);
  expect(gradients[0]).toBeCloseTo(gradient, 5);
});

test('normalised advantages have mean 0 and sample deviation 1, whatever lies behind the batch', () => {
  const advantages = Float32Array.of(1, 2, 3, 6, 1000);
  normalizeAdvantages(advantages, 4);
  const part = [...advantages.subarray(0, 4)];
  const deviation = Math.sqrt((4 + 1 + 0 + 9) / 3);
  part.forEach((value, i) => {
    expect(value).toBeCloseTo(([1, 2, 3, 6][i] - 3) / deviation, 5);
  });
  expect(advantages[4]).toBe(1000);
});
