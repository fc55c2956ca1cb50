import { Draws } from '../benchmark/draws.ts';

/** Normal numbers from a seed. */
export function normals(length: number, seed: number, scale = 1): Float32Array {
  return new Draws(seed + 1).fillNormal(new Float32Array(length)).map((value) => value * scale);
}

/** The largest distance between two vectors, relative to the largest of `expected` or 1. NaN where one has NaN. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 1;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    error = Math.max(error, Math.abs(actual[i] - expected[i]));
  }
  return error / largest;
}
