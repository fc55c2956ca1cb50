import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { defaultRng } from '@understudy/random';
import { beforeAll, expect, test } from 'vitest';
import { Categorical } from './distributions/categorical.ts';
import { DiagonalGaussian } from './distributions/diagonal-gaussian.ts';
import { SquashedGaussian } from './distributions/squashed-gaussian.ts';
import { initialiseNetwork } from './initialisation.ts';
import { createMlpNetwork } from './mlp-network.ts';
import { largestError } from './testing/finite-differences.ts';

const sizes = [4, 16, 16, 6];
const batch = 8;
const generator = defaultRng(17);
const draw = (length: number, scale = 1) => Float32Array.from({ length }, () => scale * generator.uniform(-1, 1));

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A network of our kernels and the same one as a function of tfjs variables. */
function makeTwins() {
  const network = createMlpNetwork({ sizes, maxBatch: batch });
  initialiseNetwork(network, generator);
  const inputs = draw(batch * sizes[0]);
  const variables = network.layout.map(({ shape, offset }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.variable(tf.tensor(network.parameters.slice(offset, offset + size), [...shape]));
  });
  const forward = () => {
    let values = tf.tensor2d(inputs, [batch, sizes[0]]);
    for (let i = 0; i < variables.length; i += 2) {
      const sums = tf.add(tf.matMul(values, variables[i] as unknown as tf.Tensor2D), variables[i + 1]);
      values = (i + 2 < variables.length ? tf.tanh(sums) : sums) as tf.Tensor2D;
    }
    return values;
  };
  return { network, inputs, variables, forward };
}

/** Compares every gradient of the loss that tfjs gives for its variables with our network's. */
function expectSameGradients(
  { network, variables }: ReturnType<typeof makeTwins>,
  loss: () => tf.Scalar,
  extra: { variable: tf.Variable; gradient: Float32Array }[] = [],
): void {
  const { grads } = tf.variableGrads(loss, [...variables, ...extra.map(({ variable }) => variable)]);
  variables.forEach((variable, i) => {
    const expected = grads[variable.name].dataSync();
    const { offset } = network.layout[i];
    expect(largestError(network.gradients.subarray(offset, offset + expected.length), expected)).toBeLessThan(1e-4);
    expect(expected.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
  for (const { variable, gradient } of extra) {
    expect(largestError(gradient, grads[variable.name].dataSync())).toBeLessThan(1e-4);
  }
}

test('diagonal Gaussian: log-probability, entropy and divergence through the network', () => {
  const twins = makeTwins();
  const gaussian = new DiagonalGaussian(6);
  const logStandardDeviation = draw(6, 0.5);
  const old = { mean: draw(batch * 6), logStandardDeviation: draw(6, 0.5) };
  const actions = draw(batch * 6);
  const [byLog, byEntropy, byKl] = [draw(batch), draw(batch), draw(batch)];

  const parameters = { mean: twins.network.forward(twins.inputs, batch), logStandardDeviation };
  const gradients = { mean: twins.network.outputGradientBuffer, logStandardDeviation: new Float32Array(6) };
  gaussian.addLogProbabilityGradients(parameters, actions, byLog, batch, gradients);
  gaussian.addEntropyGradients(parameters, byEntropy, batch, gradients);
  gaussian.addKlDivergenceGradients(old, parameters, byKl, batch, { q: gradients });
  twins.network.backward(gradients.mean, batch);

  const variable = tf.variable(tf.tensor1d(logStandardDeviation));
  const loss = () => {
    const mean = twins.forward();
    const z = tf.div(tf.sub(tf.tensor2d(actions, [batch, 6]), mean), tf.exp(variable));
    const logProbability = tf.sum(tf.sub(tf.mul(-0.5, tf.square(z)), variable), 1);
    const entropy = tf.mul(tf.ones([batch]), tf.sum(variable));
    const [oldMean, oldLog] = [tf.tensor2d(old.mean, [batch, 6]), tf.tensor1d(old.logStandardDeviation)];
    const squares = tf.add(tf.exp(tf.mul(2, oldLog)), tf.square(tf.sub(oldMean, mean)));
    const kl = tf.sum(tf.add(variable, tf.div(squares, tf.mul(2, tf.exp(tf.mul(2, variable))))), 1);
    const terms = [tf.mul(logProbability, byLog), tf.mul(entropy, byEntropy), tf.mul(kl, byKl)];
    return tf.sum(tf.addN(terms)) as tf.Scalar;
  };
  expectSameGradients(twins, loss, [{ variable, gradient: gradients.logStandardDeviation }]);
});

test("squashed Gaussian: soft actor-critic's loss through the sampling and the network", () => {
  const twins = makeTwins();
  const squashed = new SquashedGaussian(3, { form: 'joint' });
  const [actions, latents] = [new Float32Array(batch * 3), new Float32Array(batch * 3)];
  const upstream = { logProbability: draw(batch), actions: draw(batch * 3) };

  const outputs = twins.network.forward(twins.inputs, batch);
  const parameters = { mean: outputs, logStandardDeviation: outputs.subarray(3) };
  squashed.sample(parameters, batch, defaultRng(5), actions, latents);
  const flat = twins.network.outputGradientBuffer;
  const gradients = { mean: flat, logStandardDeviation: flat.subarray(3) };
  squashed.addPathwiseGradients(parameters, latents, upstream, batch, gradients);
  twins.network.backward(flat, batch);

  const noise = new Float32Array(batch * 3);
  defaultRng(5).fillStandardNormal(noise);
  const loss = () => {
    const [mean, logDeviation] = tf.split(twins.forward(), 2, 1);
    const latent = tf.add(mean, tf.mul(tf.exp(logDeviation), tf.tensor2d(noise, [batch, 3])));
    const action = tf.tanh(latent);
    const slope = tf.log(tf.sub(1, tf.square(action)));
    const logProbability = tf.neg(tf.sum(tf.add(logDeviation, slope), 1));
    const byAction = tf.sum(tf.mul(action, tf.tensor2d(upstream.actions, [batch, 3])));
    return tf.add(tf.sum(tf.mul(logProbability, upstream.logProbability)), byAction) as tf.Scalar;
  };
  expectSameGradients(twins, loss);
});

test('categorical: log-probability, entropy and divergence through the network', () => {
  const twins = makeTwins();
  const categorical = new Categorical(6);
  const old = { logits: draw(batch * 6) };
  const actions = Float32Array.from({ length: batch }, () => generator.integers(6));
  const [byLog, byEntropy, byKl] = [draw(batch), draw(batch), draw(batch)];

  const parameters = { logits: twins.network.forward(twins.inputs, batch) };
  const gradients = { logits: twins.network.outputGradientBuffer };
  categorical.addLogProbabilityGradients(parameters, actions, byLog, batch, gradients);
  categorical.addEntropyGradients(parameters, byEntropy, batch, gradients);
  categorical.addKlDivergenceGradients(parameters, old, byKl, batch, { p: gradients });
  twins.network.backward(gradients.logits, batch);

  const logSoftmax = (logits: tf.Tensor) => tf.sub(logits, tf.logSumExp(logits, 1, true));
  const loss = () => {
    const logP = logSoftmax(twins.forward());
    const logQ = logSoftmax(tf.tensor2d(old.logits, [batch, 6]));
    const chosen = tf.sum(tf.mul(logP, tf.oneHot(tf.tensor1d(actions, 'int32'), 6)), 1);
    const entropy = tf.neg(tf.sum(tf.mul(tf.exp(logP), logP), 1));
    const kl = tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), 1);
    return tf.sum(tf.addN([tf.mul(chosen, byLog), tf.mul(entropy, byEntropy), tf.mul(kl, byKl)])) as tf.Scalar;
  };
  expectSameGradients(twins, loss);
});
