import { register } from '@understudy/gym';
import { CartPoleEnv, cartPoleOptionNames } from './cart-pole-env.ts';

register({
  id: 'CartPole-v1',
  entryPoint: (options) => new CartPoleEnv(options),
  maxEpisodeSteps: 500,
  rewardThreshold: 475,
  optionNames: cartPoleOptionNames,
  description: {
    task: 'Keep a pole upright by pushing the cart it stands on to the left or right.',
    observation:
      "The cart's place in m and its velocity in m/s, the pole's angle from upright in rad and its angular velocity in rad/s `[4]`.",
    action: '0 pushes to the left with 10 N, 1 to the right.',
    reward:
      '1 a step; with `suttonBartoReward` 0 a step and -1 for the fall. Ends when the cart is beyond 2.4 m or the pole leans more than 12 degrees.',
    origin:
      "Gymnasium's CartPole-v1 (Barto, Sutton, Anderson, *Neuronlike Adaptive Elements That Can Solve Difficult Learning Control Problems*, 1983).",
    differences: 'None known: the same equations in float64, equal but for the last bit of sines and cosines.',
  },
  module: import.meta.url,
});
