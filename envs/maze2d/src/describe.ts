import type { EnvDescription } from '@understudy/gym';
import type { MazeRewardType } from './ball.ts';

/** A maze2d task in words. */
export function describeMaze2d(rewardType: MazeRewardType, steps: number, open: boolean): EnvDescription {
  const pay = rewardType === 'sparse' ? '1 within 0.5 m of the target, else 0' : 'exp(-distance to the target)';
  return {
    task: 'Push a ball through a maze to a fixed target and stay there; episodes start in random cells.',
    observation: 'float64 `[4]`: position (m, in cells: row, column) and velocity (m/s).',
    action: 'float32 `[2]` in [-1, 1]: force along rows and along columns, in 100 N.',
    reward: `${pay}, after the step. Nothing terminates; \`make\` truncates after ${steps} steps of 0.01 s.`,
    origin: 'D4RL (Fu, Kumar, Nachum, Tucker, Levine, 2020), `d4rl.pointmaze`.',
    differences:
      "Starts and drawn targets come from NumPy's PCG64, D4RL's from its older generator: the same distributions. " +
      "The rewards in D4RL's files are those of the observation before the action, not after it." +
      (open ? " D4RL's reference scores of this maze (0.01 and 20.66) don't fit its registered map." : ''),
  };
}

/** A PointMaze task in words. */
export function describePointMaze(rewardType: MazeRewardType, steps: number): EnvDescription {
  const pay = rewardType === 'sparse' ? '1 within 0.45 m of the goal, else 0' : 'exp(-distance to the goal)';
  return {
    task: 'Push a ball through a maze to a goal; start and goal are drawn at every reset.',
    observation:
      'A dictionary of float64: `observation` `[4]`, position (m) and velocity (m/s); `achieved_goal` `[2]`; ' +
      '`desired_goal` `[2]`.',
    action: 'float32 `[2]` in [-1, 1]: force to the right and up, in 100 N.',
    reward:
      `${pay}. Nothing terminates unless \`continuingTask\` is false, then the goal does; \`make\` truncates after ` +
      `${steps} steps of 0.01 s.`,
    origin: "Gymnasium-Robotics, after D4RL's maze2d.",
    differences:
      '`info.success` is 1 or 0. A maze in which no start is far enough from the goal is refused; the original searches ' +
      'for ever.',
  };
}
