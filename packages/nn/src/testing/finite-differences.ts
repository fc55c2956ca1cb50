/**
 * Derivatives of `f` by every element of `x`, by central differences in float64 with an error of the fourth order.
 *
 * @param x - Changed during the call and put back after it.
 */
export function finiteDifferences(f: () => number, x: Float64Array, step = 1e-3): Float64Array {
  return x.map((value, i) => {
    const at = (distance: number) => {
      x[i] = value + distance * step;
      const result = f();
      x[i] = value;
      return result;
    };
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
  });
}

/** The largest difference between two arrays, relative to the larger of 1 and the expected value. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    // Not a maximum: NaN must not pass.
    if (!(error <= largest)) largest = error;
  }
  return largest;
}
