import { InputError } from '@understudy/errors';

/** @throws InputError when there are fewer than `least` values or one is not finite. */
export function checkValues(values: ArrayLike<number>, least: number): void {
  if (values.length < least) {
    throw new InputError(`There are ${values.length} values, expected at least ${least}.`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new InputError(`Value ${i} is ${values[i]}, expected a finite number.`);
  }
}

/**
 * The arithmetic mean.
 *
 * @throws InputError when there is no value or one is not finite.
 */
export function mean(values: ArrayLike<number>): number {
  checkValues(values, 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The standard deviation, `sqrt(sum((value - mean)^2) / (n - ddof))`.
 *
 * @param options - `ddof`: 0, as NumPy's `std`, unless told; 1 for the estimate from a sample.
 * @throws InputError when there are no more than `ddof` values or one is not finite.
 */
export function standardDeviation(values: ArrayLike<number>, options: { ddof?: 0 | 1 } = {}): number {
  const { ddof = 0 } = options;
  checkValues(values, 1 + ddof);
  const center = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - center) ** 2;
  return Math.sqrt(squares / (values.length - ddof));
}
