import type { Activation } from '@understudy/nn';
import { type NamedTensors, tf } from '@understudy/tensor';
import { criticValues, policyActions, type Transitions, valueRegressionLoss } from '@understudy/training/tensor';
import type { TargetRange } from './loss.ts';

/** What of the configuration the losses depend on. */
export interface LossForm {
  /** Between the layers of actor and critic. */
  activation: Activation;
  /** Weight of the mean square of the policy's actions. */
  actionPenalty: number;
  /** Between what targets are kept; undefined leaves them as they are. */
  targetRange: TargetRange | undefined;
}

/** r + discount Q' at the target policy's actions, kept within the range, `[batch]` (Lillicrap et al. 2016, algorithm 1). */
export function targetValues(
  targetCritic: NamedTensors,
  targetActor: NamedTensors,
  { rewards, discounts, nextObservations }: Transitions,
  { activation, targetRange }: LossForm,
): tf.Tensor1D {
  const nextActions = policyActions(targetActor, nextObservations, activation);
  const [nextValues] = criticValues(targetCritic, ['critic'], nextObservations, nextActions, activation);
  const values = tf.add<tf.Tensor1D>(rewards, tf.mul(discounts, nextValues));
  return targetRange ? tf.clipByValue(values, targetRange.low, targetRange.high) : values;
}

/** Half the mean squared error of the critic onto the targets. */
export function criticLoss(
  critic: NamedTensors,
  targets: tf.Tensor1D,
  { observations, actions }: Pick<Transitions, 'observations' | 'actions'>,
  { activation }: LossForm,
): tf.Scalar {
  return valueRegressionLoss(criticValues(critic, ['critic'], observations, actions, activation), targets);
}

/** Minus the critic's mean value of the policy's actions (Silver et al. 2014), plus the weighted mean of their squares. */
export function actorLoss(
  actor: NamedTensors,
  critic: NamedTensors,
  { observations }: Pick<Transitions, 'observations'>,
  { activation, actionPenalty }: LossForm,
): { loss: tf.Scalar; statistics: { value: tf.Scalar; actionSquare: tf.Scalar } } {
  const actions = policyActions(actor, observations, activation);
  const [values] = criticValues(critic, ['critic'], observations, actions, activation);
  const value = tf.mean(values) as tf.Scalar;
  const actionSquare = tf.mean(tf.square(actions)) as tf.Scalar;
  return { loss: tf.sub(tf.mul(actionPenalty, actionSquare), value), statistics: { value, actionSquare } };
}
