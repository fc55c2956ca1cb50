import { register } from '@understudy/gym';
import { CartPoleEnv, cartPoleOptionNames } from './cart-pole-env.ts';

register({
  id: 'CartPole-v1',
  entryPoint: (options) => new CartPoleEnv(options),
  maxEpisodeSteps: 500,
  rewardThreshold: 475,
  optionNames: cartPoleOptionNames,
  module: import.meta.url,
});
