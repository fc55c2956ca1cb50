import type { MazeMap } from '@understudy/env-maze2d';
import type { MazePlan } from '@understudy/report';

/** A maze and where observations of its data hold the place. */
export interface MazeTask {
  readonly plan: MazePlan;
  /** Dimensions of a flat observation. */
  readonly positionAt: readonly [number, number];
  /** Whether rewards are 1 within the target's radius and 0 elsewhere. */
  readonly sparse: boolean;
}

/** Side of antmaze's cells, m. */
const antCell = 4;

/** The maze of an environment; undefined for what is none. */
export async function mazeTaskOf(id: string): Promise<MazeTask | undefined> {
  if (!/^(maze2d|antmaze)-|^(PointMaze|AntMaze)_/.test(id)) return undefined;
  const { make } = await import('@understudy/envs');
  const env = await make(id);
  const { maze } = env.unwrapped as unknown as { maze: MazeMap };
  env.close();
  const map = { rows: maze.rows, columns: maze.columns, walls: maze.walls };
  const sparse = !/dense/i.test(id);
  if (id.startsWith('maze2d-')) {
    const { d4rlOffset } = await import('@understudy/env-maze2d');
    const [goal] = maze.only('g');
    const target = goal && { x: goal.row, y: goal.column, radius: 0.5 };
    const placeOf = (x: number, y: number) => ({ row: x + d4rlOffset, column: y + d4rlOffset });
    return { plan: { ...map, cellSize: 1, target, placeOf }, positionAt: [0, 1], sparse };
  }
  if (id.startsWith('antmaze-')) {
    const [start] = maze.only('r');
    const placeOf = (x: number, y: number) => ({ row: y / antCell + start.row, column: x / antCell + start.column });
    return { plan: { ...map, cellSize: antCell, placeOf }, positionAt: [0, 1], sparse };
  }
  // Flat observations begin with the achieved goal, which is the place; the origin is the middle of the maze.
  const cellSize = id.startsWith('AntMaze_') ? antCell : 1;
  const placeOf = (x: number, y: number) => ({
    row: (maze.rows - 1) / 2 - y / cellSize,
    column: (maze.columns - 1) / 2 + x / cellSize,
  });
  return { plan: { ...map, cellSize, placeOf }, positionAt: [0, 1], sparse };
}
