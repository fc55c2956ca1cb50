import { register } from '@understudy/gym';
import { ReacherEnv, reacherOptionNames } from './reacher-env.ts';

register({
  id: 'Reacher-v5',
  entryPoint: (options) => ReacherEnv.create(options),
  maxEpisodeSteps: 50,
  rewardThreshold: -3.75,
  optionNames: reacherOptionNames,
  module: import.meta.url,
});
