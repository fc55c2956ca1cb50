import type { Activation } from '@understudy/nn';
import { applyMlp } from '@understudy/nn/tensor';
import { type NamedTensors, tf } from '@understudy/tensor';

/** What the actor says of a batch: means, or the logits of choices where there are no deviations. */
export type PolicyOutputs = {
  /** `[batch, outputSize]` */
  outputs: tf.Tensor2D;
  /** Of continuous actions, the same for all rows, `[actionSize]`. */
  logDeviations?: tf.Tensor1D;
};

/** @param tensors - `actor.*` and, for continuous actions, `log_standard_deviation`. @param observations - `[batch, size]` */
export function policyOutputs(tensors: NamedTensors, observations: tf.Tensor2D, activation: Activation): PolicyOutputs {
  const outputs = applyMlp(tensors, observations, { activation, name: 'actor' });
  const logDeviations = tensors.log_standard_deviation as tf.Tensor1D | undefined;
  return logDeviations ? { outputs, logDeviations } : { outputs };
}

/** Log-probabilities of actions, `[batch]`. @param actions - `[batch, actionSize]`; indices of choices, `[batch, 1]`. */
export function logProbabilities({ outputs, logDeviations }: PolicyOutputs, actions: tf.Tensor2D): tf.Tensor1D {
  if (!logDeviations) {
    const chosen = tf.oneHot(tf.cast(tf.squeeze(actions, [1]), 'int32'), outputs.shape[1]);
    return tf.sum(tf.mul(tf.logSoftmax(outputs), chosen), 1);
  }
  const z = tf.mul(tf.sub(actions, outputs), tf.exp(tf.neg(logDeviations)));
  return tf.sum(tf.sub(tf.sub(tf.mul(-0.5, tf.square(z)), logDeviations), 0.5 * Math.log(2 * Math.PI)), 1);
}

/** In nats. */
export function meanEntropy({ outputs, logDeviations }: PolicyOutputs): tf.Scalar {
  if (logDeviations) return tf.sum(tf.add(logDeviations, 0.5 + 0.5 * Math.log(2 * Math.PI))) as tf.Scalar;
  const logs = tf.logSoftmax(outputs);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(logs), logs), 1)));
}

/** Mean KL(old || policy), in nats. Its second derivative where both are the same is the Fisher matrix. */
export function meanKl(old: PolicyOutputs, policy: PolicyOutputs): tf.Scalar {
  if (!old.logDeviations || !policy.logDeviations) {
    const [oldLogs, logs] = [tf.logSoftmax(old.outputs), tf.logSoftmax(policy.outputs)];
    return tf.mean(tf.sum(tf.mul(tf.exp(oldLogs), tf.sub(oldLogs, logs)), 1)) as tf.Scalar;
  }
  const squares = tf.add(tf.exp(tf.mul(2, old.logDeviations)), tf.square(tf.sub(old.outputs, policy.outputs)));
  const scaled = tf.mul(squares, tf.mul(0.5, tf.exp(tf.mul(-2, policy.logDeviations))));
  const shift = tf.sub(policy.logDeviations, old.logDeviations);
  return tf.mean(tf.sum(tf.sub(tf.add(shift, scaled), 0.5), 1)) as tf.Scalar;
}

/** Mean of ratio times advantage (Schulman et al. 2015, equation 14). @param oldLogProbabilities - `[batch]` */
export function surrogate(
  policy: PolicyOutputs,
  actions: tf.Tensor2D,
  advantages: tf.Tensor1D,
  oldLogProbabilities: tf.Tensor1D,
): tf.Scalar {
  const ratio = tf.exp(tf.sub(logProbabilities(policy, actions), oldLogProbabilities));
  return tf.mean(tf.mul(ratio, advantages)) as tf.Scalar;
}

/** Half the mean squared error of the critic's values. @param tensors - `critic.*` @param returns - `[batch]` */
export function valueLoss(
  tensors: NamedTensors,
  observations: tf.Tensor2D,
  returns: tf.Tensor1D,
  activation: Activation,
): tf.Scalar {
  const values = tf.squeeze<tf.Tensor1D>(applyMlp(tensors, observations, { activation, name: 'critic' }), [1]);
  return tf.mul(0.5, tf.mean(tf.square(tf.sub(values, returns))));
}
