import { type EnvDescription, register } from '@understudy/gym';
import { HumanoidEnv, humanoidOptionNames } from './humanoid-env.ts';

const shared = {
  task: 'Walk forward on two legs, with 17 hinges and free in space, without falling.',
  action:
    'Torques of the abdomen about y, z and x, the right hip about x, z and y, the right knee, the left ones, two of the right shoulder, the right elbow, the left ones `[17]`.',
  origin:
    "Gymnasium's Humanoid (Tassa, Erez, Todorov, *Synthesis and Stabilization of Complex Behaviors through Online Trajectory Optimization*, 2012).",
  differences:
    'None known on `@mujoco/mujoco`. On `mujoco-js`, the default, the PGS solver stops its 50 iterations at another point: one step differs by up to 1e-4 in velocities, 1e-5 in the reward and 4e-4 of the largest contact forces.',
};

const descriptions: Record<'v4' | 'v5', EnvDescription> = {
  v5: {
    ...shared,
    observation:
      'Height and quaternion of the torso and 17 joint angles in rad `[22]`, velocities in m/s and rad/s `[23]`, inertias `[130]` and velocities `[78]` of the 13 bodies, torques of the actuators `[17]`, contact torques and forces `[78]`; x and y are left out.',
    reward:
      '5 for being healthy + 1.25 times the forward speed of the centre of mass in m/s - 0.1 times the squared action - a contact cost of 10 at most. Ends when the height leaves (1, 2) m.',
  },
  v4: {
    ...shared,
    observation:
      "The numbers of v5, and those of the world and of the root's torques, which are all 0: positions `[22]`, velocities `[23]`, inertias `[140]`, body velocities `[84]`, torques `[23]`, contact torques and forces `[84]`.",
    reward:
      '5 a step, the fall included, + 1.25 times the forward speed of the centre of mass in m/s - 0.1 times the squared action. Ends when the height leaves (1, 2) m.',
  },
};

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Humanoid-${version}`,
    entryPoint: (options) => HumanoidEnv.create(options, version),
    maxEpisodeSteps: 1000,
    optionNames: humanoidOptionNames[version],
    description: descriptions[version],
    module: import.meta.url,
  });
}
