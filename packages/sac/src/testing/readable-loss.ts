import * as tf from '@tensorflow/tfjs-core';

/** Weights `[in, out]` and biases `[out]` of each layer. */
export type Layers = readonly (readonly [weights: tf.Tensor2D, biases: tf.Tensor1D])[];

/** A multilayer perceptron with ReLU between the layers. */
export function perceptron(inputs: tf.Tensor2D, layers: Layers): tf.Tensor2D {
  return layers.reduce((values, [weights, biases], i) => {
    const outputs = tf.add(tf.matMul(values, weights), biases) as tf.Tensor2D;
    return i + 1 < layers.length ? tf.relu(outputs) : outputs;
  }, inputs);
}

/** tanh(mean + sd * noise) and its log-probability (Haarnoja et al. 2018, appendix C), `[batch, actions]` and `[batch]`. */
export function squashedSample(outputs: tf.Tensor2D, noise: tf.Tensor2D): [actions: tf.Tensor2D, log: tf.Tensor1D] {
  const [mean, raw] = tf.split(outputs, 2, 1);
  const logDeviation = tf.clipByValue(raw, -20, 2);
  const latent = tf.add(mean, tf.mul(tf.exp(logDeviation), noise));
  const actions = tf.tanh(latent) as tf.Tensor2D;
  const normal = tf.sub(tf.sub(tf.mul(-0.5, tf.square(noise)), logDeviation), 0.5 * Math.log(2 * Math.PI));
  const slope = tf.mul(2, tf.sub(tf.sub(Math.log(2), latent), tf.softplus(tf.mul(-2, latent))));
  return [actions, tf.sum(tf.sub(normal, slope), 1) as tf.Tensor1D];
}

/** Equation 9, negated critics and all: mean of temperature log pi - min Q. */
export function actorLoss(
  actor: Layers,
  critics: readonly [Layers, Layers],
  observations: tf.Tensor2D,
  noise: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  const [actions, logProbabilities] = squashedSample(perceptron(observations, actor), noise);
  const inputs = tf.concat([observations, actions], 1) as tf.Tensor2D;
  const [first, second] = critics.map((critic) => tf.squeeze(perceptron(inputs, critic), [1]));
  return tf.mean(tf.sub(tf.mul(temperature, logProbabilities), tf.minimum(first, second)));
}

/** Equation 5 for both critics together, onto given targets. */
export function criticsLoss(critics: readonly Layers[], inputs: tf.Tensor2D, targets: tf.Tensor1D): tf.Scalar {
  const losses = critics.map((critic) =>
    tf.mul(0.5, tf.mean(tf.square(tf.sub(tf.squeeze(perceptron(inputs, critic), [1]), targets)))),
  );
  return tf.addN(losses) as tf.Scalar;
}
