/** Signed radii of the circles, one a mode; a circle's centre is `(0, radius)`, so that all pass through the origin. */
export const circleRadii: readonly number[] = [-10, 10, 20];
/** The largest displacement in x and in y that an action asks for. */
export const actionBound = 1.5;
/** Radians by which the expert moves on along the circle in a step. */
const expertAngle = (2 * Math.PI) / 100;

/**
 * The reward of a position under a mode: a Gaussian kernel of the distance to its circle relative to the radius, in
 * (0, 1].
 */
export function circleReward(radius: number, x: number, y: number): number {
  const offset = Math.sqrt(x * x + (y - radius) * (y - radius)) / Math.abs(radius) - 1;
  return Math.exp(-10 * offset * offset);
}

/**
 * The scripted expert: turns the position about the circle's centre by a hundredth of a turn, puts it onto the
 * perimeter, and asks for that displacement, scaled down until it lies in the action box.
 *
 * @param mode - Which circle, 0 to 2.
 * @param observation - `[10]`; the last two numbers, the current position, decide.
 * @param action - Takes the action, `[2]`; a new array unless given.
 */
export function circlesExpert(
  mode: number,
  observation: ArrayLike<number>,
  action: Float32Array = new Float32Array(2),
): Float32Array {
  const radius = circleRadii[mode];
  const x = observation[8];
  const y = observation[9];
  // From the centre itself every way out is as good; atan2 picks one.
  const angle = Math.atan2(y - radius, x) + expertAngle;
  const dx = Math.abs(radius) * Math.cos(angle) - x;
  const dy = Math.abs(radius) * Math.sin(angle) + radius - y;
  const scale = Math.min(1, actionBound / Math.max(Math.abs(dx), Math.abs(dy)));
  action[0] = scale * dx;
  action[1] = scale * dy;
  return action;
}
