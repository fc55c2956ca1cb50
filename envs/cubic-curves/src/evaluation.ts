import { InputError } from '@understudy/errors';
import { type CubicCoefficients, cubicAt, curveCount, pointCount, pointX } from './curves.ts';

/** A curve counts as cubic if its fit bends at least this much. */
const acceptedCubic = 0.5;

/** A least-squares cubic through a curve. */
export interface CubicFit {
  readonly coefficients: CubicCoefficients;
  /** Mean square of the points' distances to the fit. */
  readonly squaredResidual: number;
  /** Mean size of the points' distances to the fit. */
  readonly absoluteResidual: number;
  /** Whether the third-order coefficient is at least 0.5 in size. */
  readonly accepted: boolean;
}

/** What {@link evaluateCubics} finds. */
export interface CubicEvaluation {
  readonly count: number;
  /** Share of curves whose fit bends enough. */
  readonly acceptanceRate: number;
  /** Mean residual of the accepted curves; null when none is. */
  readonly residual: number | null;
}

/** Sums of x^0, x^2, x^4, x^6 over the points; those of odd powers vanish. */
const [s0, s2, s4, s6] = [0, 2, 4, 6].map((power) =>
  Array.from({ length: pointCount }, (_, i) => pointX(i) ** power).reduce((sum, term) => sum + term, 0),
);

/**
 * Fits a cubic to the 21 points of one curve.
 *
 * @throws InputError unless they are 21 finite numbers.
 */
export function fitCubic(ys: ArrayLike<number>): CubicFit {
  if (curveCount(ys) !== 1) throw new InputError(`a curve has ${pointCount} points, got ${ys.length}`);
  const moments = [0, 0, 0, 0];
  for (let i = 0; i < pointCount; i++) {
    const x = pointX(i);
    for (let power = 0, term = ys[i]; power < 4; power++, term *= x) moments[power] += term;
  }
  // The points are symmetric about 0, so the even and the odd coefficients have normal equations of their own.
  const [d, b] = solve(s0, s2, s4, moments[0], moments[2]);
  const [c, a] = solve(s2, s4, s6, moments[1], moments[3]);
  const coefficients = [a, b, c, d] as const;
  let squares = 0;
  let sizes = 0;
  for (let i = 0; i < pointCount; i++) {
    const error = ys[i] - cubicAt(coefficients, pointX(i));
    squares += error * error;
    sizes += Math.abs(error);
  }
  return {
    coefficients,
    squaredResidual: squares / pointCount,
    absoluteResidual: sizes / pointCount,
    accepted: Math.abs(a) >= acceptedCubic,
  };
}

/** Solves `[p q; q r] [u v] = [m n]`. */
function solve(p: number, q: number, r: number, m: number, n: number): [u: number, v: number] {
  const determinant = p * r - q * q;
  return [(r * m - q * n) / determinant, (p * n - q * m) / determinant];
}

/**
 * The two metrics of the thesis, chapter 6.5.1: how many curves are cubic at all, and how far those are from their fits.
 *
 * @param curves - `[n, 21]`
 * @param options - `residual`: `squared`, the thesis's mean squared error, or `absolute`, that of its released code.
 * @throws InputError unless the curves are 21 finite numbers each.
 */
export function evaluateCubics(
  curves: Float64Array | Float32Array,
  { residual = 'squared' }: { residual?: 'squared' | 'absolute' } = {},
): CubicEvaluation {
  const count = curveCount(curves);
  let accepted = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const fit = fitCubic(curves.subarray(i * pointCount, (i + 1) * pointCount));
    if (!fit.accepted) continue;
    accepted += 1;
    sum += residual === 'squared' ? fit.squaredResidual : fit.absoluteResidual;
  }
  return { count, acceptanceRate: accepted / count, residual: accepted === 0 ? null : sum / accepted };
}

/**
 * The mean squared error of single steps with the context taken from the curves: what a policy errs by before its errors
 * add up.
 *
 * @param predict - From the last y, newest first, `[context]`, to the next step of y.
 * @param curves - `[n, 21]`
 * @param context - How many points the prediction sees; steps without so many before them are left out.
 * @throws InputError unless the curves are 21 finite numbers each and the context is between 1 and 20.
 */
export function oneStepResidual(
  predict: (context: Float64Array) => number,
  curves: Float64Array,
  context: number,
): number {
  const count = curveCount(curves);
  if (!Number.isInteger(context) || context < 1 || context >= pointCount) {
    throw new InputError(`the context is ${context}, expected a whole number from 1 to ${pointCount - 1}`);
  }
  const seen = new Float64Array(context);
  let squares = 0;
  for (let i = 0; i < count; i++) {
    for (let t = context - 1; t < pointCount - 1; t++) {
      const at = i * pointCount + t;
      for (let k = 0; k < context; k++) seen[k] = curves[at - k];
      squares += (predict(seen) - (curves[at + 1] - curves[at])) ** 2;
    }
  }
  return squares / (count * (pointCount - context));
}
