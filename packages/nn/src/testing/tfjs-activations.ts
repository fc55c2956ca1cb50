import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../network.ts';

/**
 * An exponential that can be differentiated twice. tfjs 4.22 loses, without a word, the dependence of a derivative on an
 * operation's saved output, so the second derivatives of its own exp, sigmoid and tanh are wrong.
 */
const exp: (x: tf.Tensor) => tf.Tensor = tf.customGrad((x, save) => {
  const value = x as tf.Tensor;
  (save as tf.GradSaveFunc)([value]);
  return {
    value: tf.exp(value),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => tf.mul(dy, exp(saved[0])),
  };
});

/** The activations as functions that tfjs differentiates twice, and rightly. */
export const tfjsActivations: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  identity: (x) => x,
  tanh: (x) => tf.sub(1, tf.div(2, tf.add(exp(tf.mul(2, x)), 1))),
  relu: (x) => tf.relu(x),
  'leaky-relu': (x) => tf.sub(tf.relu(x), tf.mul(0.01, tf.relu(tf.neg(x)))),
  elu: (x) => tf.add(tf.relu(x), tf.sub(exp(tf.neg(tf.relu(tf.neg(x)))), 1)),
  silu: (x) => tf.div(x, tf.add(exp(tf.neg(x)), 1)),
};
