import type { Activation } from '@understudy/nn';
import { applyMlp } from '@understudy/nn/tensor';
import { type NamedTensors, tf } from '@understudy/tensor';

/** A deterministic policy's actions, in [-1, 1], `[batch, actionSize]`. @param actor - `actor.*` */
export function policyActions(actor: NamedTensors, observations: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  return applyMlp(actor, observations, { activation, outputActivation: 'tanh', name: 'actor' });
}

/**
 * What critics think of actions, `[batch]` each.
 *
 * @param critics - `critic1.*`, say.
 * @param names - Which of them: `critic1`.
 */
export function criticValues(
  critics: NamedTensors,
  names: readonly string[],
  observations: tf.Tensor2D,
  actions: tf.Tensor2D,
  activation: Activation,
): tf.Tensor1D[] {
  const inputs = tf.concat([observations, actions], 1) as tf.Tensor2D;
  return names.map((name) => tf.squeeze<tf.Tensor1D>(applyMlp(critics, inputs, { activation, name }), [1]));
}

/** Half the mean squared error of critics onto targets, summed over the critics. @param values - `[batch]` each. */
export function valueRegressionLoss(values: readonly tf.Tensor1D[], targets: tf.Tensor1D): tf.Scalar {
  const errors = values.map((value) => tf.square<tf.Tensor1D>(tf.sub(value, targets)));
  return tf.mul(0.5, tf.mean(errors.reduce((sum, error) => tf.add(sum, error))));
}
