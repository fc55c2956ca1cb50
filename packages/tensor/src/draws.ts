import * as tf from '@tensorflow/tfjs-core';
import type { Generator } from '@understudy/random';

/**
 * A tensor of standard normal draws: the same numbers on every backend, and quicker than `tf.randomNormal`, which draws in
 * plain JavaScript on all of them.
 */
export function standardNormal<R extends tf.Rank>(generator: Generator, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  generator.fillStandardNormal(values);
  return tf.tensor(values, shape);
}

/** A tensor of draws uniform in [low, high), the same numbers on every backend. */
export function uniform<R extends tf.Rank>(
  generator: Generator,
  shape: tf.ShapeMap[R],
  low = 0,
  high = 1,
): tf.Tensor<R> {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  generator.fillUniform(values, low, high);
  return tf.tensor(values, shape);
}
