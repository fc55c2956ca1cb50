import type { Cell, MazeLayout, MazeMap, MazeRewardType, Position } from '@understudy/env-maze2d';
import { InputError } from '@understudy/errors';

/** The distance of two points in the plane, m. */
export function distance(ax: number, ay: number, bx: number, by: number): number {
  const dx = ax - bx;
  const dy = ay - by;
  return Math.sqrt(dx * dx + dy * dy);
}

/** @throws InputError unless it is one of the two. */
export function readRewardType(id: string, type: string): MazeRewardType {
  if (type === 'sparse' || type === 'dense') return type;
  throw new InputError(`option rewardType of ${id} is ${JSON.stringify(type)}, expected "sparse" or "dense"`);
}

/**
 * Two numbers that a caller gave.
 *
 * @throws InputError unless there are two finite ones.
 */
export function readPair(what: string, value: unknown): [number, number] {
  const numbers = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<number>) : [];
  if (numbers.length === 2 && numbers.every(Number.isFinite)) return [numbers[0], numbers[1]];
  throw new InputError(`${what} is ${JSON.stringify(value)}, expected two finite numbers`);
}

/**
 * A cell of the maze that a caller chose; undefined where none was.
 *
 * @throws InputError unless it is a row and a column of a free cell.
 */
export function readCell(what: string, value: unknown, maze: MazeMap): Cell | undefined {
  if (value === undefined || value === null) return undefined;
  const [row, column] = readPair(what, value);
  if (!maze.isWall(row, column)) return { row, column };
  throw new InputError(`${what} is (${row}, ${column}), which is no free cell; give one that is`);
}

/**
 * A place in the maze that a caller chose.
 *
 * @throws InputError unless it is two finite numbers within a free cell.
 */
export function readPlace(what: string, value: unknown, maze: MazeMap, layout: MazeLayout): Position {
  const [x, y] = readPair(what, value);
  const { row, column } = layout.cellAt({ x, y });
  if (!maze.isWall(row, column)) return { x, y };
  throw new InputError(
    `${what} is (${x}, ${y}), in cell (${row}, ${column}), which is no free one; give a place in one`,
  );
}

/** @throws InputError for an option of one reset that the environment doesn't have. */
export function checkResetOptions(id: string, options: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InputError(`reset of ${id} has no option "${unknown}"; it takes ${known.join(' and ') || 'none'}`);
}
