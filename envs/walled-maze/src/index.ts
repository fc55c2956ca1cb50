import './register.ts';

export { type InnerWall, type MazeLayout, type MazeName, mazeLayout } from './layout.ts';
export { walledMazeExpert } from './maze-expert.ts';
export { WalledMazeEnv, type WalledMazeOptions } from './walled-maze-env.ts';
