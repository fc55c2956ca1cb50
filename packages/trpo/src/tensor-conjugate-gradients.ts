import { tf } from '@understudy/tensor';
import type { ConjugateGradientsOptions } from './conjugate-gradients.ts';

/** `A v` for a symmetric positive matrix A; both `[size]`. Runs within `tf.tidy`. */
export type DeviceMatrixProduct = (vector: tf.Tensor1D) => tf.Tensor1D;

/** Where the search stands. */
type State = {
  solution: tf.Tensor1D;
  residual: tf.Tensor1D;
  direction: tf.Tensor1D;
  /** The residual's squared norm. */
  squared: tf.Scalar;
  iterations: tf.Scalar;
};

/**
 * Solves A x = b as {@link ConjugateGradients} does, on the device: nothing is read, so the search always makes all its
 * products, and one that has come to its end stands still.
 *
 * @param b - `[size]`; stays the caller's.
 * @returns Tensors that are the caller's: `solution` is `[size]`, `iterations` counts those that moved.
 */
export function solveOnDevice(
  multiply: DeviceMatrixProduct,
  b: tf.Tensor1D,
  { iterations, tolerance }: ConjugateGradientsOptions,
): { solution: tf.Tensor1D; iterations: tf.Scalar } {
  const enough = tf.tidy(() => tf.mul<tf.Scalar>(tolerance ** 2, squaredNorm(b)));
  let state: State = tf.tidy(() => ({
    solution: tf.zerosLike(b),
    residual: tf.clone(b),
    direction: tf.clone(b),
    squared: squaredNorm(b),
    iterations: tf.scalar(0),
  }));
  for (let i = 0; i < iterations; i++) {
    const next = tf.tidy(() => iterate(multiply, state, enough));
    tf.dispose(state);
    state = next;
  }
  const { solution, iterations: made, ...rest } = state;
  tf.dispose([enough, ...Object.values(rest)]);
  return { solution, iterations: made };
}

function iterate(multiply: DeviceMatrixProduct, state: State, enough: tf.Scalar): State {
  const { solution, residual, direction, squared, iterations } = state;
  const product = multiply(direction);
  const curvature = tf.sum(tf.mul(direction, product));
  // Rounding can spoil the curvature of a direction in which next to nothing is left to solve.
  const goesOn = tf.logicalAnd(tf.greater(squared, enough), tf.greater(curvature, 0));
  const length = tf.where(goesOn, tf.div(squared, curvature), 0);
  const left = tf.sub<tf.Tensor1D>(residual, tf.mul(length, product));
  const next = squaredNorm(left);
  const turned = tf.add<tf.Tensor1D>(left, tf.mul(tf.div(next, squared), direction));
  return {
    solution: tf.add(solution, tf.mul(length, direction)),
    residual: left,
    direction: tf.where(goesOn, turned, direction),
    squared: tf.where(goesOn, next, squared),
    iterations: tf.add(iterations, tf.cast(goesOn, 'float32')),
  };
}

function squaredNorm(vector: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.square(vector));
}
