import { register } from '@understudy/gym';
import { CirclesEnv, circlesOptionNames } from './circles-env.ts';

register({
  id: 'Circles-v0',
  entryPoint: (options) => new CirclesEnv(options),
  maxEpisodeSteps: 1000,
  optionNames: circlesOptionNames,
  module: import.meta.url,
  description: {
    task: 'Follow one of three circles through the origin; which one is hidden and has to be read from the past.',
    observation:
      'float64 `[10]`: positions (x, y) of the last five moments, oldest first; at the start all the origin.',
    action:
      'float32 `[2]`: displacement within 1.5 on each axis, clipped; the move gets normal noise of 0.15 on each axis.',
    reward:
      '`exp(-10 (d / radius)^2)` with the distance d to the circle, so at most 1 a step. Terminates beyond |x| 30 or |y| 60; 1000 steps. `info.mode_rewards` holds the reward under every mode.',
    origin:
      'Vahabpour et al., "Diverse Imitation Learning via Self-Organizing Generative Models" (2022); radii, kernel and bounds from its released code.',
    differences:
      'None known in the numbers; the expert scores 998.3 as printed. The mode is an option, a reset option or drawn at each reset.',
  },
});
