import { type EnvDescription, register } from '@understudy/gym';
import { Walker2dEnv, walker2dOptionNames } from './walker2d-env.ts';

const shared = {
  task: 'Walk forward on two legs in a plane without falling.',
  observation:
    'Height, pitch and six joint angles in m and rad `[8]`, velocities in m/s and rad/s clipped to [-10, 10] `[9]`; x is left out. With `includeComVelocityInObservation` the forward velocity of the centre of mass follows (18 numbers).',
  action: 'Torques of the right thigh, leg and foot and the left thigh, leg and foot `[6]`.',
  origin:
    "Gymnasium's Walker2d (Erez, Tassa, Todorov, *Infinite-Horizon Model Predictive Control for Periodic Tasks with Contacts*, 2011).",
};
const reward = (healthy: string) =>
  `${healthy} + forward speed in m/s - 0.001 times the squared action. Ends when the height leaves (0.8, 2) m or the pitch (-1, 1) rad.`;
const parity = 'None known in simulation, observation or reward. `includeComVelocityInObservation` is an addition.';

const descriptions: Record<'v4' | 'v5', EnvDescription> = {
  v5: { ...shared, reward: reward('1 for being healthy'), differences: parity },
  v4: {
    ...shared,
    reward: reward('1 a step, the fall included,'),
    differences: `${parity} As in Gymnasium's v4, the right foot has half the friction of the left.`,
  },
};

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Walker2d-${version}`,
    entryPoint: (options) => Walker2dEnv.create(options, version),
    maxEpisodeSteps: 1000,
    optionNames: walker2dOptionNames,
    description: descriptions[version],
    module: import.meta.url,
  });
}
