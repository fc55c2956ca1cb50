import type { Activation } from '@understudy/nn';
import { type NamedTensors, tf } from '@understudy/tensor';
import { criticValues, policyActions, type Transitions, valueRegressionLoss } from '@understudy/training/tensor';

/** Transitions with the noise that smooths the target policy: standard normal, `[batch, actionSize]`. */
export type NoisyTransitions = Transitions & { noise: tf.Tensor2D };

/** What of the configuration the losses depend on. */
export interface LossForm {
  /** Between the layers of actor and critics. */
  activation: Activation;
  targetNoise: number;
  targetNoiseClip: number;
}

const bothCritics = ['critic1', 'critic2'];

/**
 * r + discount min(Q1', Q2') at the target policy's smoothed actions, `[batch]` (Fujimoto et al. 2018, equations 10 and
 * 14).
 */
export function clippedDoubleTargetValues(
  targetCritics: NamedTensors,
  targetActor: NamedTensors,
  { rewards, discounts, nextObservations, noise }: NoisyTransitions,
  form: LossForm,
): tf.Tensor1D {
  const clipped = tf.clipByValue(tf.mul(noise, form.targetNoise), -form.targetNoiseClip, form.targetNoiseClip);
  const smoothed = tf.add(policyActions(targetActor, nextObservations, form.activation), clipped);
  const nextActions = tf.clipByValue(smoothed, -1, 1) as tf.Tensor2D;
  const [first, second] = criticValues(targetCritics, bothCritics, nextObservations, nextActions, form.activation);
  return tf.add(rewards, tf.mul(discounts, tf.minimum(first, second)));
}

/** Half the mean squared error of both critics onto the targets. */
export function criticLoss(
  critics: NamedTensors,
  targetValues: tf.Tensor1D,
  { observations, actions }: Pick<NoisyTransitions, 'observations' | 'actions'>,
  { activation }: LossForm,
): tf.Scalar {
  return valueRegressionLoss(criticValues(critics, bothCritics, observations, actions, activation), targetValues);
}

/** Minus the first critic's mean value of the policy's actions (Silver et al. 2014). */
export function actorLoss(
  actor: NamedTensors,
  critics: NamedTensors,
  { observations }: Pick<NoisyTransitions, 'observations'>,
  { activation }: LossForm,
): tf.Scalar {
  const actions = policyActions(actor, observations, activation);
  const [values] = criticValues(critics, ['critic1'], observations, actions, activation);
  return tf.neg(tf.mean(values));
}
