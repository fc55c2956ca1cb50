import { register } from '@understudy/gym';
import { InvertedPendulumEnv, invertedPendulumOptionNames } from './inverted-pendulum-env.ts';

register({
  id: 'InvertedPendulum-v5',
  entryPoint: (options) => InvertedPendulumEnv.create(options),
  maxEpisodeSteps: 1000,
  rewardThreshold: 950,
  optionNames: invertedPendulumOptionNames,
  module: import.meta.url,
});
