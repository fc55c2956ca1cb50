import type { MazeRewardType } from '@understudy/env-maze2d';
import type { EnvDescription } from '@understudy/gym';

const action = 'Torques of hip and ankle of the right back, front left, front right and back leg `[8]`';

/** An AntMaze task in words. */
export function describeAntMaze(rewardType: MazeRewardType, steps: number): EnvDescription {
  const pay = rewardType === 'sparse' ? '1 within 0.45 m of the goal, else 0' : 'exp(-distance to the goal)';
  return {
    task: 'Walk an ant through a maze of 4 m cells to a goal; start and goal are drawn at every reset.',
    observation:
      'A dictionary of float64: `observation` `[105]`, that of Ant-v5; `achieved_goal` `[2]`, x and y of the torso in m; ' +
      '`desired_goal` `[2]`.',
    action: `${action}, in 150 N m.`,
    reward:
      `${pay}. Nothing terminates, a fall neither, unless \`continuingTask\` is false, then the goal does; \`make\` ` +
      `truncates after ${steps} steps of 0.05 s.`,
    origin: "Gymnasium-Robotics, after D4RL's antmaze.",
    differences:
      '`info.success` is 1 or 0. A maze in which no start is far enough from the goal is refused; the original searches ' +
      'for ever. Models of your own (`xml_file`) and `main_body` are not taken.',
  };
}

/** An antmaze task in words. */
export function describeD4rlAntMaze(steps: number, targetPerEpisode: boolean): EnvDescription {
  return {
    task: 'Walk an ant from a fixed cell of a maze of 4 m cells to a target in another one, which it is not shown.',
    observation:
      'float64 `[29]`: x, y, z in m from the start cell, quaternion and eight joint angles in rad; velocities `[14]`.',
    action: `${action}, in 30 N m.`,
    reward:
      `1 within 0.5 m of the target, else 0. Reaching it terminates, a fall does not; \`make\` truncates after ${steps} ` +
      'steps of 0.1 s.',
    origin: 'D4RL (Fu, Kumar, Nachum, Tucker, Levine, 2020), `d4rl.locomotion`.',
    differences:
      "Starts and targets come from NumPy's PCG64, D4RL's from its older generator: the same distributions. " +
      (targetPerEpisode ? '' : 'The target is drawn by a reset with a seed and kept by others; D4RL draws it once. ') +
      'D4RL ran MuJoCo 2; contact margins are combined as there (`contactMargin: "max"`).',
  };
}
