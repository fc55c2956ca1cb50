import { buildAntModel } from '@understudy/env-ant';
import type { MazeLayout, MazeMap } from '@understudy/env-maze2d';
import { geom, site } from '@understudy/mujoco/mjcf';
import { cellSide } from './ant-maze-layout.ts';

/** The name of the site that marks the goal. */
export const targetSite = 'target';

/** Height of the walls' middles and of the target, m. */
export const wallMiddle = 1;

/** A box for every wall, as high as it is thick on each side of its middle, and a ball that marks the goal. */
function mazeScenery(maze: MazeMap, layout: MazeLayout) {
  const walls = maze.walls.map((cell) => {
    const { x, y } = layout.positionOf(cell);
    return geom({
      name: `block_${cell.row}_${cell.column}`,
      type: 'box',
      pos: [x, y, wallMiddle],
      size: [cellSide / 2, cellSide / 2, wallMiddle],
      contype: 1,
      conaffinity: 1,
      rgba: [0.7, 0.5, 0.3, 1],
    });
  });
  const target = site({
    name: targetSite,
    pos: [0, 0, wallMiddle],
    size: [0.2 * cellSide],
    rgba: [1, 0, 0, 0.7],
  });
  return [...walls, target];
}

/** Gymnasium-Robotics' AntMaze: Ant-v5's ant among boxes of 4 x 4 x 2 m. */
export function antMazeModel(maze: MazeMap, layout: MazeLayout): string {
  return buildAntModel({ scenery: mazeScenery(maze, layout) });
}

/**
 * D4RL's antmaze: steps of 0.02 s, motors of 30 N m and softer contacts than in Gymnasium's ant.
 *
 * D4RL writes controls of [-30, 30] with gear 1 and scales actions to them; here the motors have gear 30, which makes the
 * same torques of the same actions.
 */
export function d4rlAntMazeModel(maze: MazeMap, layout: MazeLayout): string {
  const scenery = mazeScenery(maze, layout);
  return buildAntModel({ scenery, timestep: 0.02, gear: 30, solimp: [0.8, 0.8, 0.01] });
}
