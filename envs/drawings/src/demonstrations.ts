import { InputError } from '@understudy/errors';
import { defaultRng, type Generator } from '@understudy/random';
import { normalise, pointsAt } from './polyline.ts';
import { type DrawingName, drawingLength, drawingReferences } from './shapes.ts';

/** One drawn trajectory. */
export interface DrawingTrajectory {
  /** `[n, 2]`, from the origin; the action of a step is the difference to the next position. */
  readonly positions: Float64Array;
  /** Which of the drawing's reference curves it follows. */
  readonly branch: number;
}

/** Arguments of {@link drawingDemonstrations}. */
export interface DrawingDemonstrationOptions {
  /** Trajectories, over all branches in turn; 20 unless told. */
  count?: number;
  /**
   * Standard deviation of the noise: of each point for path1 and circle (0.01 unless told), of a whole stroke's slow
   * drift for mouse1 and mouse2 (0.06 unless told).
   */
  noise?: number;
  seed: number;
}

/** A trajectory has 50 to 100 points. */
const leastPoints = 50;
const mostPoints = 100;
/** The longest step that is drawn, over the shortest. */
const speedRatio = 3;

/**
 * Noisy copies of a drawing, as the thesis demands them: numbers of points differ, steps within a trajectory differ,
 * arc lengths are equal, all start at the origin.
 *
 * @throws InputError for an unknown drawing, a count that is no positive whole number, or a noise below 0.
 */
export function drawingDemonstrations(name: DrawingName, options: DrawingDemonstrationOptions): DrawingTrajectory[] {
  const references = drawingReferences(name);
  const byHand = name === 'mouse1' || name === 'mouse2';
  const { count = 20, noise = byHand ? 0.06 : 0.01, seed } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InputError(`count is ${count}, expected a positive whole number of trajectories`);
  }
  if (!Number.isFinite(noise) || noise < 0) throw new InputError(`noise is ${noise}, expected a number from 0`);
  const generator = defaultRng(seed);
  return Array.from({ length: count }, (_, i) => {
    const branch = i % references.length;
    const shares = drawShares(generator);
    const positions = pointsAt(
      references[branch],
      shares.map((share) => share * drawingLength),
    );
    if (byHand) addDrift(positions, shares, noise, name === 'mouse1', generator);
    else addNoise(positions, noise, generator);
    normalise(positions, drawingLength);
    return { positions, branch };
  });
}

/** Shares of the arc length at which points lie, from 0 to 1, in steps of different size. */
function drawShares(generator: Generator): Float64Array {
  const count = generator.integers(leastPoints, mostPoints, { endpoint: true });
  const shares = new Float64Array(count);
  for (let i = 1; i < count; i++) shares[i] = shares[i - 1] + generator.uniform(1, speedRatio);
  const total = shares[count - 1];
  return shares.map((share) => share / total);
}

function addNoise(positions: Float64Array, noise: number, generator: Generator): void {
  for (let i = 2; i < positions.length; i++) positions[i] += generator.normal(0, noise);
}

/**
 * Adds a smooth random curve that starts at zero: a sum of three slow waves. A hand that fans out drifts more and more,
 * three times as far at the end.
 */
function addDrift(
  positions: Float64Array,
  shares: Float64Array,
  noise: number,
  fansOut: boolean,
  generator: Generator,
): void {
  for (let axis = 0; axis < 2; axis++) {
    const amplitudes = [1, 2, 3].map((wave) => generator.normal(0, noise / Math.sqrt(wave)));
    shares.forEach((share, i) => {
      const drift = amplitudes.reduce((sum, size, k) => sum + size * Math.sin(((2 * k + 1) * Math.PI * share) / 2), 0);
      positions[2 * i + axis] += drift * (fansOut ? 3 * share * share : 1);
    });
  }
}
