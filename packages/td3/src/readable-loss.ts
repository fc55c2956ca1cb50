import type { Activation } from '@understudy/nn';
import { applyMlp } from '@understudy/nn/tensor';
import { type NamedTensors, tf } from '@understudy/tensor';

/** Transitions with the noise that smooths the target policy; `[batch, size]` and `[batch]`. */
export type NoisyTransitions = {
  observations: tf.Tensor2D;
  actions: tf.Tensor2D;
  rewards: tf.Tensor1D;
  nextObservations: tf.Tensor2D;
  discounts: tf.Tensor1D;
  /** Standard normal, `[batch, actionSize]`. */
  noise: tf.Tensor2D;
};

/** What of the configuration the losses depend on. */
export interface LossForm {
  /** Between the layers of actor and critics. */
  activation: Activation;
  targetNoise: number;
  targetNoiseClip: number;
}

/** The policy's actions, in [-1, 1], `[batch, actionSize]`. */
export function policyActions(actor: NamedTensors, observations: tf.Tensor2D, { activation }: LossForm): tf.Tensor2D {
  return applyMlp(actor, observations, { activation, outputActivation: 'tanh', name: 'actor' });
}

/** What one critic thinks of actions, `[batch]`. @param name - `critic1` or `critic2`. */
export function criticValues(
  critics: NamedTensors,
  name: string,
  observations: tf.Tensor2D,
  actions: tf.Tensor2D,
  { activation }: LossForm,
): tf.Tensor1D {
  const inputs = tf.concat([observations, actions], 1) as tf.Tensor2D;
  return tf.squeeze<tf.Tensor1D>(applyMlp(critics, inputs, { activation, name }), [1]);
}

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
  const smoothed = tf.add(policyActions(targetActor, nextObservations, form), clipped);
  const nextActions = tf.clipByValue(smoothed, -1, 1) as tf.Tensor2D;
  const [first, second] = ['critic1', 'critic2'].map((name) =>
    criticValues(targetCritics, name, nextObservations, nextActions, form),
  );
  return tf.add(rewards, tf.mul(discounts, tf.minimum(first, second)));
}

/** Half the mean squared error of both critics onto the targets. */
export function criticLoss(
  critics: NamedTensors,
  targetValues: tf.Tensor1D,
  { observations, actions }: Pick<NoisyTransitions, 'observations' | 'actions'>,
  form: LossForm,
): tf.Scalar {
  const errors = ['critic1', 'critic2'].map((name) =>
    tf.square(tf.sub(criticValues(critics, name, observations, actions, form), targetValues)),
  );
  return tf.mul(0.5, tf.mean(tf.add(errors[0], errors[1])));
}

/** Minus the first critic's mean value of the policy's actions (Silver et al. 2014). */
export function actorLoss(
  actor: NamedTensors,
  critics: NamedTensors,
  { observations }: Pick<NoisyTransitions, 'observations'>,
  form: LossForm,
): tf.Scalar {
  const actions = policyActions(actor, observations, form);
  return tf.neg(tf.mean(criticValues(critics, 'critic1', observations, actions, form)));
}
