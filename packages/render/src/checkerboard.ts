/**
 * The mean of the wave that is 1 over [0, 1), -1 over [1, 2) and so on, over `width` around `x`. A checkerboard's mean
 * over a rectangle is the product of the two directions' means: exact, so that far squares blend into grey instead of
 * flickering.
 *
 * @param width - Above 0.
 */
export function squareWaveMean(x: number, width: number): number {
  const low = x - 0.5 * width;
  const high = x + 0.5 * width;
  const first = Math.floor(low);
  const last = Math.floor(high);
  // Most rectangles lie in one square.
  if (first === last) return 1 - 2 * (first & 1);
  return (integral(high, last) - integral(low, first)) / width;
}

/** The wave's integral up to `x`, of which `floor` is the whole part. */
function integral(x: number, floor: number): number {
  const phase = x - floor;
  return (floor & 1) === 0 ? phase : 1 - phase;
}
