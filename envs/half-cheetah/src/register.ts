import { type EnvDescription, register } from '@understudy/gym';
import { HalfCheetahEnv, halfCheetahOptionNames } from './half-cheetah-env.ts';

const description: EnvDescription = {
  task: 'Run forward on two legs in a plane without spending much control.',
  observation:
    'Height, pitch and six joint angles in m and rad `[8]`, velocities in m/s and rad/s `[9]`; x is left out.',
  action: 'Torques of the back thigh, shin and foot and the front thigh, shin and foot `[6]`.',
  reward: 'Forward speed in m/s - 0.1 times the squared action. Never ends by itself.',
  origin: "Gymnasium's HalfCheetah (Wawrzynski, *A Cat-Like Robot Real-Time Learning to Run*, 2009).",
  differences: 'None known in simulation, observation or reward; options are in camel case.',
};

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `HalfCheetah-${version}`,
    entryPoint: (options) => HalfCheetahEnv.create(options, version),
    maxEpisodeSteps: 1000,
    rewardThreshold: 4800,
    optionNames: halfCheetahOptionNames,
    description,
    module: import.meta.url,
  });
}
