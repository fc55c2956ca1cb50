import type { Activation } from '@understudy/nn';
import { applyMlp } from '@understudy/nn/tensor';
import { type NamedTensors, tf } from '@understudy/tensor';
import { criticValues, type Transitions, valueRegressionLoss } from '@understudy/training/tensor';

/** Transitions with the noise that the policy's actions are drawn by: standard normal, `[batch, actionSize]`. */
export type NoisyTransitions = Transitions & {
  /** In the observations. */
  noise: tf.Tensor2D;
  /** In the next observations. */
  nextNoise: tf.Tensor2D;
};

/** What of the configuration the losses depend on. */
export interface LossForm {
  /** Between the layers of actor and critics. */
  activation: Activation;
  /** Bounds of the log standard deviations. */
  logDeviationRange: { low: number; high: number };
}

/** Actions drawn from the policy, `[batch, actionSize]`, and their log-probabilities, `[batch]`. */
export interface Draw {
  actions: tf.Tensor2D;
  logProbabilities: tf.Tensor1D;
}

/** tanh(mean + sd * noise) and its log-probability (Haarnoja et al. 2018, appendix C). */
export function drawActions(
  actor: NamedTensors,
  observations: tf.Tensor2D,
  noise: tf.Tensor2D,
  { activation, logDeviationRange: { low, high } }: LossForm,
): Draw {
  const outputs = applyMlp(actor, observations, { activation, name: 'actor' });
  const [mean, raw] = tf.split(outputs, 2, 1);
  const logDeviation = tf.clipByValue(raw, low, high);
  const latent = tf.add(mean, tf.mul(tf.exp(logDeviation), noise));
  const normal = tf.sub(tf.sub(tf.mul(-0.5, tf.square(noise)), logDeviation), 0.5 * Math.log(2 * Math.PI));
  // log(1 - tanh(u)^2), exact also where the tanh rounds to 1.
  const logSlope = tf.mul(2, tf.sub(tf.sub(Math.log(2), latent), tf.softplus(tf.mul(-2, latent))));
  return {
    actions: tf.tanh(latent) as tf.Tensor2D,
    logProbabilities: tf.sum(tf.sub(normal, logSlope), 1) as tf.Tensor1D,
  };
}

const bothCritics = ['critic1', 'critic2'];

/** r + discount (min(Q1', Q2') - temperature log pi), `[batch]` (Haarnoja et al. 2018, equation 3). */
export function softTargetValues(
  targets: NamedTensors,
  actor: NamedTensors,
  temperature: tf.Scalar,
  { rewards, discounts, nextObservations, nextNoise }: NoisyTransitions,
  form: LossForm,
): tf.Tensor1D {
  const next = drawActions(actor, nextObservations, nextNoise, form);
  const [first, second] = criticValues(targets, bothCritics, nextObservations, next.actions, form.activation);
  const values = tf.sub(tf.minimum(first, second), tf.mul(temperature, next.logProbabilities));
  return tf.add(rewards, tf.mul(discounts, values));
}

/** Equation 5: half the mean squared error of both critics onto the targets. */
export function criticLoss(
  critics: NamedTensors,
  targetValues: tf.Tensor1D,
  { observations, actions }: Pick<NoisyTransitions, 'observations' | 'actions'>,
  { activation }: LossForm,
): tf.Scalar {
  return valueRegressionLoss(criticValues(critics, bothCritics, observations, actions, activation), targetValues);
}

/** Equation 9: the mean of temperature log pi - min(Q1, Q2). */
export function actorLoss(
  actor: NamedTensors,
  critics: NamedTensors,
  temperature: tf.Scalar,
  { observations, noise }: Pick<NoisyTransitions, 'observations' | 'noise'>,
  form: LossForm,
): { loss: tf.Scalar; statistics: { value: tf.Scalar; logProbability: tf.Scalar } } {
  const { actions, logProbabilities } = drawActions(actor, observations, noise, form);
  const [first, second] = criticValues(critics, bothCritics, observations, actions, form.activation);
  const value = tf.mean(tf.minimum(first, second)) as tf.Scalar;
  const logProbability = tf.mean(logProbabilities) as tf.Scalar;
  return { loss: tf.sub(tf.mul(temperature, logProbability), value), statistics: { value, logProbability } };
}

/** Equation 18: -temperature (mean log pi + target entropy). @param logTemperature - One number. */
export function temperatureLoss(
  logTemperature: tf.Tensor,
  logProbability: tf.Scalar,
  targetEntropy: number,
): tf.Scalar {
  return tf.neg(tf.sum(tf.mul(tf.exp(logTemperature), tf.add(logProbability, targetEntropy)))) as tf.Scalar;
}
