import { register } from '@understudy/gym';
import { SwimmerEnv, swimmerOptionNames } from './swimmer-env.ts';

register({
  id: 'Swimmer-v5',
  entryPoint: (options) => SwimmerEnv.create(options),
  maxEpisodeSteps: 1000,
  rewardThreshold: 360,
  optionNames: swimmerOptionNames,
  module: import.meta.url,
});
