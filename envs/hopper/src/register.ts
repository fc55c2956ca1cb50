import { type EnvDescription, register } from '@understudy/gym';
import { HopperEnv, hopperOptionNames } from './hopper-env.ts';

const shared = {
  task: 'Hop forward on one leg in a plane without falling.',
  observation:
    'Height, pitch and three joint angles in m and rad `[5]`, velocities in m/s and rad/s clipped to [-10, 10] `[6]`; x is left out. With `includeComVelocityInObservation` the forward velocity of the centre of mass follows (12 numbers).',
  action: 'Torques of thigh, leg and foot `[3]`.',
  origin:
    "Gymnasium's Hopper (Erez, Tassa, Todorov, *Infinite-Horizon Model Predictive Control for Periodic Tasks with Contacts*, 2011).",
  differences:
    "None known in simulation, observation or reward. `includeComVelocityInObservation` is an addition; `contactMargin: 'max'` gives the physics of MuJoCo up to 3.3, on which D4RL's data were made.",
};
const reward = (healthy: string) =>
  `${healthy} + forward speed in m/s - 0.001 times the squared action. Ends when the height is 0.7 m or less, the pitch beyond 0.2 rad, or another number beyond 100.`;

const descriptions: Record<'v4' | 'v5', EnvDescription> = {
  v5: { ...shared, reward: reward('1 for being healthy') },
  v4: { ...shared, reward: reward('1 a step, the fall included,') },
};

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Hopper-${version}`,
    entryPoint: (options) => HopperEnv.create(options, version),
    maxEpisodeSteps: 1000,
    rewardThreshold: 3800,
    optionNames: hopperOptionNames,
    description: descriptions[version],
    module: import.meta.url,
  });
}
