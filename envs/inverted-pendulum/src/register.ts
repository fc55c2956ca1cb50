import { register } from '@understudy/gym';
import { InvertedPendulumEnv, invertedPendulumOptionNames } from './inverted-pendulum-env.ts';

register({
  id: 'InvertedPendulum-v5',
  entryPoint: (options) => InvertedPendulumEnv.create(options),
  maxEpisodeSteps: 1000,
  rewardThreshold: 950,
  optionNames: invertedPendulumOptionNames,
  description: {
    task: 'Keep a pole upright by pushing the cart it stands on along a rail.',
    observation:
      "The cart's place in m, the pole's angle from upright in rad, and their velocities in m/s and rad/s `[4]`.",
    action: 'Force on the cart, times 100 N `[1]`.',
    reward: '1 for each step after which the pole leans 0.2 rad at most. Ends when it leans more.',
    origin:
      "Gymnasium's InvertedPendulum-v5 (after Barto, Sutton, Anderson, *Neuronlike Adaptive Elements That Can Solve Difficult Learning Control Problems*, 1983).",
    differences: 'None known in simulation, observation or reward; options are in camel case.',
  },
  module: import.meta.url,
});
