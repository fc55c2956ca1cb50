import { gymnasiumMazes, type MazeRewardType } from '@understudy/env-maze2d';
import { register } from '@understudy/gym';
import { AntMazeEnv, type AntMazeOptions, antMazeOptionNames } from './ant-maze-env.ts';
import { D4rlAntMazeEnv, type D4rlAntMazeOptions, d4rlAntMazeOptionNames } from './d4rl-ant-maze-env.ts';
import { d4rlAntMazes } from './d4rl-mazes.ts';
import { describeAntMaze, describeD4rlAntMaze } from './describe.ts';

const rewardTypes: readonly MazeRewardType[] = ['sparse', 'dense'];

/** `AntMaze_NAME[Dense]-v5`: its map and its steps. */
const antMazeTasks: readonly [name: string, map: string, steps: number][] = [
  ['Open', gymnasiumMazes.open, 700],
  ['Open_Diverse_G', gymnasiumMazes.openDiverseG, 700],
  ['Open_Diverse_GR', gymnasiumMazes.openDiverseGR, 700],
  ['UMaze', gymnasiumMazes.umaze, 700],
  ['Medium', gymnasiumMazes.medium, 1000],
  ['Medium_Diverse_G', gymnasiumMazes.mediumDiverseG, 1000],
  ['Medium_Diverse_GR', gymnasiumMazes.mediumDiverseGR, 1000],
  ['Large', gymnasiumMazes.large, 1000],
  ['Large_Diverse_G', gymnasiumMazes.largeDiverseG, 1000],
  ['Large_Diverse_GR', gymnasiumMazes.largeDiverseGR, 1000],
];

for (const [name, mazeMap, maxEpisodeSteps] of antMazeTasks) {
  for (const rewardType of rewardTypes) {
    const id = `AntMaze_${name}${rewardType === 'dense' ? 'Dense' : ''}-v5`;
    register({
      id,
      entryPoint: (options: AntMazeOptions) => AntMazeEnv.create(options, { id, mazeMap, rewardType }),
      maxEpisodeSteps,
      optionNames: antMazeOptionNames,
      description: describeAntMaze(rewardType, maxEpisodeSteps),
      module: import.meta.url,
    });
  }
}

/** `antmaze-NAME-VERSION`: its versions, its map and its steps. Play and diverse differ in D4RL's data alone. */
const d4rlTasks: readonly [names: readonly string[], versions: readonly string[], map: string, steps: number][] = [
  [['umaze', 'umaze-diverse'], ['v0', 'v1', 'v2'], d4rlAntMazes.umaze, 700],
  [['medium-play', 'medium-diverse'], ['v0', 'v1', 'v2'], d4rlAntMazes.medium, 1000],
  [['large-play', 'large-diverse'], ['v0', 'v1', 'v2'], d4rlAntMazes.large, 1000],
  [['eval-umaze', 'eval-umaze-diverse'], ['v0'], d4rlAntMazes.evalUmaze, 700],
  [['eval-medium-play', 'eval-medium-diverse'], ['v0'], d4rlAntMazes.evalMedium, 1000],
  [['eval-large-play', 'eval-large-diverse'], ['v0'], d4rlAntMazes.evalLarge, 1000],
];

for (const [names, versions, mazeMap, maxEpisodeSteps] of d4rlTasks) {
  for (const id of names.flatMap((name) => versions.map((version) => `antmaze-${name}-${version}`))) {
    const targetPerEpisode = id.endsWith('v2');
    register({
      id,
      entryPoint: (options: D4rlAntMazeOptions) => D4rlAntMazeEnv.create(options, { id, mazeMap, targetPerEpisode }),
      maxEpisodeSteps,
      optionNames: d4rlAntMazeOptionNames,
      description: describeD4rlAntMaze(maxEpisodeSteps, targetPerEpisode),
      module: import.meta.url,
    });
  }
}
