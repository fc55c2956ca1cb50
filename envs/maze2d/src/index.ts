import './register.ts';

export type { MazeRewardType } from './ball.ts';
export { maze2dModel, pointMazeModel } from './ball-model.ts';
export { d4rlLayout, d4rlOffset, gymnasiumLayout, type MazeLayout } from './maze-layout.ts';
export {
  type Cell,
  type MazeCell,
  type MazeInput,
  MazeMap,
  type ParseMazeOptions,
  type Position,
  parseMaze,
} from './maze-map.ts';
export { Maze2dEnv, type Maze2dOptions, type Maze2dTask } from './maze2d-env.ts';
export { PointMazeEnv, type PointMazeOptions, type PointMazeTask } from './point-maze-env.ts';
export { type MazeScoreReference, maze2dScoreReferences } from './reference-scores.ts';
export { shortestPath } from './shortest-path.ts';
export { d4rlMazes, gymnasiumMazes } from './standard-mazes.ts';
export { WaypointController, type WaypointControllerOptions } from './waypoint-controller.ts';
