import { InputError } from '@understudy/errors';

/** Points of a curve, at x = -1, -0.9, ..., 1. */
export const pointCount = 21;
/** How far x advances in a step, `h` of the thesis. */
export const spacing = 0.1;

/** `a x^3 + b x^2 + c x + d`. */
export type CubicCoefficients = readonly [a: number, b: number, c: number, d: number];

/** The x of a point. */
export function pointX(index: number): number {
  return (index - (pointCount - 1) / 2) * spacing;
}

/** The value of a cubic. */
export function cubicAt([a, b, c, d]: CubicCoefficients, x: number): number {
  return ((a * x + b) * x + c) * x + d;
}

/**
 * The step of y that continues a cubic, from its last four points, newest first: exact, because a cubic's fourth
 * differences vanish. No rule of three points or fewer is.
 */
export function cubicIncrement(y0: number, y1: number, y2: number, y3: number): number {
  return 3 * y0 - 6 * y1 + 4 * y2 - y3;
}

/**
 * How many curves of 21 points lie in an array.
 *
 * @throws InputError unless it is at least one, and all numbers are finite.
 */
export function curveCount(curves: ArrayLike<number>): number {
  if (curves.length === 0 || curves.length % pointCount !== 0) {
    throw new InputError(`the curves are ${curves.length} numbers, expected ${pointCount} for each curve`);
  }
  for (let i = 0; i < curves.length; i++) {
    if (Number.isFinite(curves[i])) continue;
    const [curve, point] = [Math.floor(i / pointCount), i % pointCount];
    throw new InputError(`point ${point} of curve ${curve} is ${curves[i]}, expected a finite number`);
  }
  return curves.length / pointCount;
}
