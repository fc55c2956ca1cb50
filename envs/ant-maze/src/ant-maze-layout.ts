import { type Cell, type MazeInput, type MazeLayout, type MazeMap, parseMaze } from '@understudy/env-maze2d';
import { InputError } from '@understudy/errors';

/** Side of a cell, m. */
export const cellSide = 4;

/** Gymnasium-Robotics' coordinates: the origin is the middle of the maze, x goes right and y goes up. */
export function antMazeLayout(maze: MazeMap): MazeLayout {
  return {
    positionOf: (cell) => maze.centreOf(cell, cellSide),
    cellAt: (position) => maze.cellAt(position, cellSide),
  };
}

/**
 * D4RL's coordinates: the origin is the middle of the cell that the ant starts in, x goes along the columns and y down
 * the rows.
 */
export function d4rlAntMazeLayout(start: Cell): MazeLayout {
  return {
    positionOf: ({ row, column }) => ({ x: (column - start.column) * cellSide, y: (row - start.row) * cellSide }),
    cellAt: ({ x, y }) => ({
      row: Math.floor(y / cellSide + 0.5) + start.row,
      column: Math.floor(x / cellSide + 0.5) + start.column,
    }),
  };
}

/**
 * Reads a map for D4RL's tasks, which know no cells `c` and start in the first `r`.
 *
 * @throws InputError for a wrong map, a `c` or a missing `r`.
 */
export function parseD4rlMaze(map: MazeInput, input: string): { maze: MazeMap; start: Cell } {
  const maze = parseMaze(map, { input });
  const [either] = maze.only('c');
  if (either !== undefined) {
    throw new InputError(
      `${input} has a cell "c" at (${either.row}, ${either.column}), which antmaze doesn't know; mark "r" and "g" apart`,
    );
  }
  const [start] = maze.only('r');
  if (start === undefined) throw new InputError(`${input} has no cell to start from; mark one "r"`);
  return { maze, start };
}
