import * as tf from '@tensorflow/tfjs-core';

/** Coefficients of {@link readableLoss}. */
export interface LossCoefficients {
  clip: number;
  clipValueLoss: boolean;
  valueCoefficient: number;
  entropyCoefficient: number;
}

/** One minibatch: `[batch, actionSize]` actions, `[batch]` the rest. */
export interface LossInputs {
  actions: tf.Tensor2D;
  oldLogProbabilities: tf.Tensor1D;
  oldValues: tf.Tensor1D;
  advantages: tf.Tensor1D;
  returns: tf.Tensor1D;
}

/**
 * The whole objective as the paper writes it (equation 9, negated), for autodiff: what the closed forms of `loss.ts`
 * are held to.
 *
 * @param means - The actor's outputs, `[batch, actionSize]`.
 * @param logDeviations - `[actionSize]`
 * @param values - The critic's outputs, `[batch]`.
 */
export function readableLoss(
  means: tf.Tensor2D,
  logDeviations: tf.Tensor1D,
  values: tf.Tensor1D,
  inputs: LossInputs,
  { clip, clipValueLoss, valueCoefficient, entropyCoefficient }: LossCoefficients,
): tf.Scalar {
  const z = tf.div(tf.sub(inputs.actions, means), tf.exp(logDeviations));
  const logDensities = tf.sub(tf.sub(tf.mul(-0.5, tf.square(z)), logDeviations), 0.5 * Math.log(2 * Math.PI));
  const ratio = tf.exp(tf.sub(tf.sum(logDensities, 1), inputs.oldLogProbabilities));
  const clippedRatio = tf.clipByValue(ratio, 1 - clip, 1 + clip);
  const surrogate = tf.minimum(tf.mul(ratio, inputs.advantages), tf.mul(clippedRatio, inputs.advantages));

  const errors = tf.square(tf.sub(values, inputs.returns));
  const change = tf.clipByValue(tf.sub(values, inputs.oldValues), -clip, clip);
  const clippedErrors = tf.square(tf.sub(tf.add(inputs.oldValues, change), inputs.returns));
  const valueLoss = tf.mul(0.5, tf.mean(clipValueLoss ? tf.maximum(errors, clippedErrors) : errors));

  const entropy = tf.sum(tf.add(logDeviations, 0.5 + 0.5 * Math.log(2 * Math.PI)));
  const terms = [tf.neg(tf.mean(surrogate)), tf.mul(valueCoefficient, valueLoss), tf.mul(-entropyCoefficient, entropy)];
  return tf.addN(terms) as tf.Scalar;
}
