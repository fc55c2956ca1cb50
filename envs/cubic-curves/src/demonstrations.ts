import { InputError } from '@understudy/errors';
import { defaultRng, type Generator } from '@understudy/random';
import { type CubicCoefficients, cubicAt, pointCount, pointX } from './curves.ts';

/** Demonstrated curves. */
export interface CubicDemonstrations {
  /** y of the points, `[count, 21]`. */
  readonly curves: Float64Array;
  /** a, b, c, d of each curve, `[count, 4]`. */
  readonly coefficients: Float64Array;
}

/** A demonstration bends at least this much. */
const leastCubic = 1;
/** Slopes at both ends are uniform within this; the thesis prints no range. */
const slopeWidth = 2.5;

/**
 * Demonstrations by rejection sampling: y at both ends uniform in (-1, 1), slopes there uniform in (-2.5, 2.5), kept if
 * the curve stays within (-1, 1) and its third-order coefficient is at least 1 in size (chapter 6.5.1 of the thesis).
 *
 * @throws InputError for a count that is no positive whole number, or a wrong seed.
 */
export function cubicDemonstrations({ count = 10, seed }: { count?: number; seed: number }): CubicDemonstrations {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InputError(`count is ${count}, expected a positive whole number of demonstrations`);
  }
  const generator = defaultRng(seed);
  const curves = new Float64Array(count * pointCount);
  const coefficients = new Float64Array(count * 4);
  for (let i = 0; i < count; i++) {
    const cubic = drawCubic(generator);
    coefficients.set(cubic, 4 * i);
    for (let k = 0; k < pointCount; k++) curves[i * pointCount + k] = cubicAt(cubic, pointX(k));
  }
  return { curves, coefficients };
}

/**
 * Draws a curve as {@link cubicDemonstrations} does.
 *
 * @param startY - y at x = -1, within (-1, 1); drawn unless given.
 */
export function drawCubic(generator: Generator, startY?: number): CubicCoefficients {
  if (startY !== undefined && !(Math.abs(startY) < 1)) {
    throw new InputError(`startY is ${startY}, expected a number between -1 and 1`);
  }
  for (;;) {
    const first = startY ?? generator.uniform(-1, 1);
    const last = generator.uniform(-1, 1);
    const cubic = hermite(
      first,
      last,
      generator.uniform(-slopeWidth, slopeWidth),
      generator.uniform(-slopeWidth, slopeWidth),
    );
    if (Math.abs(cubic[0]) >= leastCubic && staysInside(cubic)) return cubic;
  }
}

/** The cubic with these values and slopes at x = -1 and x = 1. */
function hermite(first: number, last: number, firstSlope: number, lastSlope: number): CubicCoefficients {
  const a = (firstSlope + lastSlope) / 4 - (last - first) / 4;
  return [a, (lastSlope - firstSlope) / 4, (last - first) / 2 - a, (first + last) / 2 - (lastSlope - firstSlope) / 4];
}

/** Whether a cubic whose ends are within (-1, 1) is so between them: it is largest where its slope is zero. */
function staysInside(cubic: CubicCoefficients): boolean {
  const [a, b, c] = cubic;
  const discriminant = b * b - 3 * a * c;
  if (discriminant < 0) return true;
  return [-1, 1].every((sign) => {
    const x = (-b + sign * Math.sqrt(discriminant)) / (3 * a);
    return Math.abs(x) > 1 || Math.abs(cubicAt(cubic, x)) < 1;
  });
}
