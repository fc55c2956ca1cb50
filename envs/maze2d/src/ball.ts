import { InputError } from '@understudy/errors';
import type { Simulation } from '@understudy/mujoco';

/** Whether the goal pays 1 within its radius and 0 elsewhere, or exp(-distance) everywhere. */
export type MazeRewardType = 'sparse' | 'dense';

/** m/s in each direction; what is faster is cut to it before a step. */
const greatestSpeed = 5;

/**
 * Cuts the ball's velocity to 5 m/s each way before a step; pushed by 100 N it would grow to 100 m/s.
 *
 * The originals also run MuJoCo's forward pass here. The step runs it again from the same state and the pass leaves
 * nothing behind that a step reads, so it is left out.
 */
export function clipVelocity({ qvel }: Simulation): void {
  qvel[0] = Math.max(-greatestSpeed, Math.min(greatestSpeed, qvel[0]));
  qvel[1] = Math.max(-greatestSpeed, Math.min(greatestSpeed, qvel[1]));
}

/** The distance of two points in the plane, m. */
export function distance(ax: number, ay: number, bx: number, by: number): number {
  const dx = ax - bx;
  const dy = ay - by;
  return Math.sqrt(dx * dx + dy * dy);
}

/** What being at a distance from the goal earns. */
export function rewardAt(distance: number, type: MazeRewardType, radius: number): number {
  if (type === 'dense') return Math.exp(-distance);
  return distance <= radius ? 1 : 0;
}

/** @throws InputError unless it is one of the two. */
export function readRewardType(id: string, type: string): MazeRewardType {
  if (type === 'sparse' || type === 'dense') return type;
  throw new InputError(`option rewardType of ${id} is ${JSON.stringify(type)}, expected "sparse" or "dense"`);
}

/** @throws InputError for an option of one reset that the environment doesn't have. */
export function checkResetOptions(id: string, options: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InputError(`reset of ${id} has no option "${unknown}"; it takes ${known.join(' and ')}`);
}

/** Two numbers that a caller gave, as a pair. @throws InputError unless there are two finite ones. */
export function readPair(what: string, value: unknown): [number, number] {
  const numbers = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<number>) : [];
  if (numbers.length === 2 && numbers.every(Number.isFinite)) return [numbers[0], numbers[1]];
  throw new InputError(`${what} is ${JSON.stringify(value)}, expected two finite numbers`);
}
