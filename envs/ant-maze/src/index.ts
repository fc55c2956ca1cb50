import './register.ts';

export { AntMazeEnv, type AntMazeOptions, type AntMazeTask } from './ant-maze-env.ts';
export { antMazeLayout, d4rlAntMazeLayout } from './ant-maze-layout.ts';
export { antMazeModel, d4rlAntMazeModel } from './ant-maze-model.ts';
export { D4rlAntMazeEnv, type D4rlAntMazeOptions, type D4rlAntMazeTask } from './d4rl-ant-maze-env.ts';
export { d4rlAntMazes } from './d4rl-mazes.ts';
