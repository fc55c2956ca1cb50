import { register } from '@understudy/gym';
import { ConnectFourEnv, connectFourOptionNames } from './connect-four-env.ts';

register({
  id: 'ConnectFour-v0',
  entryPoint: (options) => new ConnectFourEnv(options),
  maxEpisodeSteps: 50,
  rewardThreshold: 1,
  optionNames: connectFourOptionNames,
  module: import.meta.url,
});
