import { type EnvDescription, register } from '@understudy/gym';
import { AntEnv, type AntVersion, antOptionNames } from './ant-env.ts';

const shared = {
  task: 'Run forward on four legs, free in space, without jumping or falling flat.',
  action: 'Torques of hip and ankle of the right back, front left, front right and back leg `[8]`.',
  origin:
    "Gymnasium's Ant (Schulman, Moritz, Levine, Jordan, Abbeel, *High-Dimensional Continuous Control Using Generalized Advantage Estimation*, 2015).",
};

const descriptions: Record<AntVersion, EnvDescription> = {
  v5: {
    ...shared,
    observation:
      'Height and quaternion of the torso and eight joint angles in rad `[13]`, velocities in m/s and rad/s `[14]`, contact torques and forces on the 13 bodies, clipped to [-1, 1] `[78]`; x and y are left out.',
    reward:
      "1 for being healthy + the torso's forward speed in m/s - 0.5 times the squared action - 0.0005 times the squared contact forces. Ends when the height leaves [0.2, 1] m or a number is not finite.",
    differences: 'None known in simulation, observation or reward; options are in camel case.',
  },
  v4: {
    ...shared,
    observation:
      'Height and quaternion of the torso and eight joint angles in rad `[13]`, velocities in m/s and rad/s `[14]`; x and y are left out.',
    reward:
      "1 a step, the last included, + the torso's forward speed in m/s - 0.5 times the squared action. Ends when the height leaves [0.2, 1] m or a number is not finite.",
    differences:
      "None known in simulation, observation or reward; `contactMargin: 'max'` gives the physics of MuJoCo up to 3.3.",
  },
};

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Ant-${version}`,
    entryPoint: (options) => AntEnv.create(options, version),
    maxEpisodeSteps: 1000,
    rewardThreshold: 6000,
    optionNames: antOptionNames[version],
    description: descriptions[version],
    module: import.meta.url,
  });
}
