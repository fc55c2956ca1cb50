import { tf } from '@understudy/tensor';
import type { TransitionBatch } from '../off-policy/transition-batch.ts';

/** A {@link TransitionBatch} on a device; `[batch, size]` and `[batch]`. */
export type Transitions = {
  observations: tf.Tensor2D;
  actions: tf.Tensor2D;
  rewards: tf.Tensor1D;
  nextObservations: tf.Tensor2D;
  discounts: tf.Tensor1D;
};

/** Copies a minibatch to the device; the caller disposes it. */
export function uploadTransitions({ size, ...columns }: TransitionBatch): Transitions {
  // Copies, since some backends keep the arrays that they are given.
  const matrix = (values: Float32Array) => tf.tensor2d(values.slice(), [size, values.length / size]);
  const vector = (values: Float32Array) => tf.tensor1d(values.slice());
  return {
    observations: matrix(columns.observations),
    actions: matrix(columns.actions),
    rewards: vector(columns.rewards),
    nextObservations: matrix(columns.nextObservations),
    discounts: vector(columns.discounts),
  };
}
