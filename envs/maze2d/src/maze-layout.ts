import type { Cell, MazeMap, Position } from './maze-map.ts';

/** How a task's coordinates lie over the cells of its map. */
export interface MazeLayout {
  /** The position by which a task calls a cell: where it puts goals and starts before it adds noise. */
  positionOf(cell: Cell): Position;
  /** The cell that a position lies in; of a ball between walls always a free one. */
  cellAt(position: Position): Cell;
}

/** In maze2d the middle of cell (r, c) is at position (r - 0.2, c - 0.2), m. */
export const d4rlOffset = 0.2;

/**
 * D4RL's maze2d: a position is a row and a column, and starts, goals and waypoints lie around whole numbers though the
 * cells' middles are 0.2 m before them.
 *
 * D4RL's controller takes the nearest whole numbers for the cell, which puts a ball that touches a near wall into it.
 */
export const d4rlLayout: MazeLayout = {
  positionOf: ({ row, column }) => ({ x: row, y: column }),
  cellAt: ({ x, y }) => ({ row: Math.round(x + d4rlOffset), column: Math.round(y + d4rlOffset) }),
};

/** Gymnasium-Robotics' PointMaze: the origin is the middle of the maze, x goes right, y goes up, a cell is 1 m wide. */
export function gymnasiumLayout(maze: MazeMap): MazeLayout {
  return {
    positionOf: (cell) => maze.centreOf(cell, 1),
    cellAt: (position) => maze.cellAt(position, 1),
  };
}
