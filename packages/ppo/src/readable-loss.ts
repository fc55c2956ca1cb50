import { tf } from '@understudy/tensor';

/** Coefficients of {@link readableLoss}. */
export interface LossCoefficients {
  clip: number;
  clipValueLoss: boolean;
  valueCoefficient: number;
  entropyCoefficient: number;
}

/** What the networks make of one minibatch. */
export interface LossOutputs {
  /** Of the actions under the policy being trained, `[batch]`. */
  logProbabilities: tf.Tensor1D;
  /** Mean over the batch, in nats. */
  entropy: tf.Scalar;
  /** The critic's, `[batch]`. */
  values: tf.Tensor1D;
}

/** What the rollout says of the same transitions; `[batch]` each. */
export type LossInputs = {
  oldLogProbabilities: tf.Tensor1D;
  oldValues: tf.Tensor1D;
  advantages: tf.Tensor1D;
  returns: tf.Tensor1D;
};

/** Scalars on the device. */
export type LossStatistics = Record<'policyLoss' | 'valueLoss' | 'entropy' | 'kl' | 'clipFraction', tf.Scalar>;

/**
 * The whole objective as the paper writes it (equation 9, negated), for autodiff: what the tensor engine minimises, and
 * what the closed forms of `loss.ts` are held to.
 */
export function readableLoss(
  { logProbabilities, entropy, values }: LossOutputs,
  { oldLogProbabilities, oldValues, advantages, returns }: LossInputs,
  { clip, clipValueLoss, valueCoefficient, entropyCoefficient }: LossCoefficients,
): { loss: tf.Scalar; statistics: LossStatistics } {
  const logRatio = tf.sub(logProbabilities, oldLogProbabilities);
  const ratio = tf.exp(logRatio);
  const clippedRatio = tf.clipByValue(ratio, 1 - clip, 1 + clip);
  const surrogate = tf.minimum(tf.mul(ratio, advantages), tf.mul(clippedRatio, advantages));
  const policyLoss = tf.neg(tf.mean(surrogate)) as tf.Scalar;

  const errors = tf.square(tf.sub(values, returns));
  const change = tf.clipByValue(tf.sub(values, oldValues), -clip, clip);
  const clippedErrors = tf.square(tf.sub(tf.add(oldValues, change), returns));
  const valueLoss = tf.mul(0.5, tf.mean(clipValueLoss ? tf.maximum(errors, clippedErrors) : errors)) as tf.Scalar;

  const terms = [policyLoss, tf.mul(valueCoefficient, valueLoss), tf.mul(-entropyCoefficient, entropy)];
  const kl = tf.mean(tf.sub(tf.sub(ratio, 1), logRatio)) as tf.Scalar;
  const outside = tf.logicalOr(tf.less(ratio, 1 - clip), tf.greater(ratio, 1 + clip));
  const clipFraction = tf.mean(tf.cast(outside, 'float32')) as tf.Scalar;
  return { loss: tf.addN(terms) as tf.Scalar, statistics: { policyLoss, valueLoss, entropy, kl, clipFraction } };
}

/**
 * Log-probabilities and mean entropy of a Gaussian with independent components.
 *
 * @param means - `[batch, actionSize]`
 * @param logDeviations - `[actionSize]`, the same for all rows.
 * @param actions - `[batch, actionSize]`
 */
export function gaussianLikelihood(
  means: tf.Tensor2D,
  logDeviations: tf.Tensor1D,
  actions: tf.Tensor2D,
): Pick<LossOutputs, 'logProbabilities' | 'entropy'> {
  const z = tf.div(tf.sub(actions, means), tf.exp(logDeviations));
  const logDensities = tf.sub(tf.sub(tf.mul(-0.5, tf.square(z)), logDeviations), 0.5 * Math.log(2 * Math.PI));
  const entropy = tf.sum(tf.add(logDeviations, 0.5 + 0.5 * Math.log(2 * Math.PI))) as tf.Scalar;
  return { logProbabilities: tf.sum(logDensities, 1), entropy };
}

/**
 * Log-probabilities and mean entropy of one of several choices.
 *
 * @param logits - `[batch, choices]`
 * @param actions - Indices, `[batch, 1]`.
 */
export function categoricalLikelihood(
  logits: tf.Tensor2D,
  actions: tf.Tensor2D,
): Pick<LossOutputs, 'logProbabilities' | 'entropy'> {
  const logProbabilities = tf.logSoftmax(logits);
  const chosen = tf.oneHot(tf.cast(tf.squeeze(actions, [1]), 'int32'), logits.shape[1]);
  const entropies = tf.neg(tf.sum(tf.mul(tf.exp(logProbabilities), logProbabilities), 1));
  return {
    logProbabilities: tf.sum(tf.mul(logProbabilities, chosen), 1),
    entropy: tf.mean(entropies) as tf.Scalar,
  };
}
