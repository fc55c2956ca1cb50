import { register } from '@understudy/gym';
import { SwimmerEnv, swimmerOptionNames } from './swimmer-env.ts';

register({
  id: 'Swimmer-v5',
  entryPoint: (options) => SwimmerEnv.create(options),
  maxEpisodeSteps: 1000,
  rewardThreshold: 360,
  optionNames: swimmerOptionNames,
  description: {
    task: 'Swim forward in a viscous fluid by bending the two joints between three segments.',
    observation: 'Heading and two joint angles in rad `[3]`, velocities in m/s and rad/s `[5]`; x and y are left out.',
    action: 'Torques of the two joints `[2]`.',
    reward: 'Forward speed in m/s - 0.0001 times the squared action. Never ends by itself.',
    origin:
      "Gymnasium's Swimmer-v5 (Coulom, *Reinforcement Learning Using Neural Networks, with Applications to Motor Control*, 2002).",
    differences: 'None known in simulation, observation or reward; options are in camel case.',
  },
  module: import.meta.url,
});
