import { register } from '@understudy/gym';
import type { MazeRewardType } from './ball.ts';
import { describeMaze2d, describePointMaze } from './describe.ts';
import { Maze2dEnv, type Maze2dOptions, maze2dOptionNames } from './maze2d-env.ts';
import { PointMazeEnv, type PointMazeOptions, pointMazeOptionNames } from './point-maze-env.ts';
import { d4rlMazes, gymnasiumMazes } from './standard-mazes.ts';

const rewardTypes: readonly MazeRewardType[] = ['sparse', 'dense'];

/** `maze2d-NAME[-dense]-VERSION`: its map and its steps. */
const d4rlTasks: readonly [name: string, version: string, map: string, steps: number][] = [
  ['open', 'v0', d4rlMazes.open, 150],
  ['umaze', 'v1', d4rlMazes.umaze, 300],
  ['medium', 'v1', d4rlMazes.medium, 600],
  ['large', 'v1', d4rlMazes.large, 800],
  ['eval-umaze', 'v1', d4rlMazes.evalUmaze, 300],
  ['eval-medium', 'v1', d4rlMazes.evalMedium, 600],
  ['eval-large', 'v1', d4rlMazes.evalLarge, 800],
];

for (const [name, version, mazeSpec, maxEpisodeSteps] of d4rlTasks) {
  for (const rewardType of rewardTypes) {
    const id = `maze2d-${name}${rewardType === 'dense' ? '-dense' : ''}-${version}`;
    register({
      id,
      entryPoint: (options: Maze2dOptions) => Maze2dEnv.create(options, { id, mazeSpec, rewardType }),
      maxEpisodeSteps,
      optionNames: maze2dOptionNames,
      description: describeMaze2d(rewardType, maxEpisodeSteps, name === 'open'),
      module: import.meta.url,
    });
  }
}

/** `PointMaze_NAME[Dense]-v3`: its map and its steps. */
const pointMazeTasks: readonly [name: string, map: string, steps: number][] = [
  ['Open', gymnasiumMazes.open, 300],
  ['Open_Diverse_G', gymnasiumMazes.openDiverseG, 300],
  ['Open_Diverse_GR', gymnasiumMazes.openDiverseGR, 300],
  ['UMaze', gymnasiumMazes.umaze, 300],
  ['Medium', gymnasiumMazes.medium, 600],
  ['Medium_Diverse_G', gymnasiumMazes.mediumDiverseG, 600],
  ['Medium_Diverse_GR', gymnasiumMazes.mediumDiverseGR, 600],
  ['Large', gymnasiumMazes.large, 800],
  ['Large_Diverse_G', gymnasiumMazes.largeDiverseG, 800],
  ['Large_Diverse_GR', gymnasiumMazes.largeDiverseGR, 800],
];

for (const [name, mazeMap, maxEpisodeSteps] of pointMazeTasks) {
  for (const rewardType of rewardTypes) {
    const id = `PointMaze_${name}${rewardType === 'dense' ? 'Dense' : ''}-v3`;
    register({
      id,
      entryPoint: (options: PointMazeOptions) => PointMazeEnv.create(options, { id, mazeMap, rewardType }),
      maxEpisodeSteps,
      optionNames: pointMazeOptionNames,
      description: describePointMaze(rewardType, maxEpisodeSteps),
      module: import.meta.url,
    });
  }
}
