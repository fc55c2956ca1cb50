import { type EnvDescription, register } from '@understudy/gym';
import type { MazeName } from './layout.ts';
import { WalledMazeEnv } from './walled-maze-env.ts';

const shared = {
  observation: 'float64 `[2]`: position (x, y) in metres; the velocity is hidden.',
};
const descriptions: Record<MazeName, EnvDescription> = {
  C: {
    ...shared,
    task: 'Drive a ball through the gap beside a wall to the goal behind it.',
    action: 'float32 `[2]`: force on each axis, 1 N at most, clipped to [-1, 1], held for 0.05 s.',
    reward:
      'Minus the distance to the goal, less 0.001 of the squared action, at the position that the action is taken at; 100 steps.',
    origin: 'Fu, Luo and Levine, "Learning Robust Rewards with Adversarial Inverse Reinforcement Learning" (2017).',
    differences:
      'Own 2-D physics with hard frictionless walls instead of MuJoCo; the observation is (x, y) as in Peng et al. (2019), not (x, y, z); the start is uniform within 0.02 m on each axis.',
  },
  S: {
    ...shared,
    task: 'Drive a ball through the gaps of two walls, first on one side and then on the other.',
    action: 'float32 `[2]`: force on each axis, 1.5 N at most, clipped to [-1, 1], held for 0.05 s.',
    reward:
      'The number of gaps passed (0, 1, 2), less 0.001 of the squared action, at the position that the action is taken at; 100 steps.',
    origin: 'Peng et al., "Variational Discriminator Bottleneck" (2019), appendix D.',
    differences:
      "The paper prints neither geometry, force nor shaping: all are our own, the reward chosen so that the paper's printed returns make sense. Compare returns relative to the expert's.",
  },
};

for (const maze of ['C', 'S'] as const) {
  for (const mirrored of [false, true]) {
    register({
      id: `${maze}Maze${mirrored ? 'Mirrored' : ''}-v0`,
      entryPoint: () => new WalledMazeEnv({ maze, mirrored }),
      maxEpisodeSteps: 100,
      module: import.meta.url,
      description: mirrored
        ? { ...descriptions[maze], task: `${descriptions[maze].task} The mirror image, for transfer.` }
        : descriptions[maze],
    });
  }
}
