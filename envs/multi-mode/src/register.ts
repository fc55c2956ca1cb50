import { type EnvDescription, register } from '@understudy/gym';
import { MultiModeEnv } from './multi-mode-env.ts';
import { multiModeOptionNames } from './options.ts';
import { type MultiModeId, multiModeIds, taskOf } from './tasks.ts';

const paper = 'Vahabpour et al., *Diverse Imitation Learning via Self-Organizing Generative Models* (2022)';

/** What tasks on the same body say alike. */
const ant = {
  observation:
    'Height and quaternion of the torso and eight joint angles in rad `[13]`, velocities in m/s and rad/s `[14]`.',
  action: 'Torques of hip and ankle of the right back, front left, front right and back leg `[8]`.',
  reward:
    "1 + the torso's speed in m/s along the mode's direction - 0.5 times the squared action - 0.0005 times the squared contact forces, each within [-1, 1]. Ends when the height leaves [0.2, 1] m or a number is not finite; 200 steps of 0.05 s.",
  origin: `${paper}; rewards and observation of PEARL (Rakelly et al., 2019); body of Gymnasium's Ant.`,
  differences:
    'Contact forces are computed after every step and cost; the older MuJoCo of the original may have left them at 0.',
};
const halfCheetah = {
  observation:
    'Height, pitch and six joint angles in m and rad `[8]`, velocities in m/s and rad/s `[9]`, place of the torso in m `[3]`, x included.',
  action: 'Torques of the back thigh, shin and foot and the front thigh, shin and foot `[6]`.',
  origin: `${paper}; rewards and observation of PEARL (Rakelly et al., 2019); body of Gymnasium's HalfCheetah.`,
  differences: 'None known in the numbers; the torso is seen where the last simulation step of 0.01 s began.',
};
const walking =
  '1 + |v| - |v - speed| for the speed v of the mode and the forward speed, in m/s - 0.001 times the squared action.';

const descriptions: Record<MultiModeId, EnvDescription> = {
  'Ant-Fwd-Back': {
    ...ant,
    task: 'Run forward or backward on four legs; which of the two is hidden. Modes: angles 0 and pi.',
  },
  'Ant-Dir-6': {
    ...ant,
    task: 'Run in one of six directions on four legs; which one is hidden. Modes: angles k pi/3.',
  },
  'HalfCheetah-Fwd-Back': {
    ...halfCheetah,
    task: 'Run backward (mode 0) or forward (mode 1) on two legs in a plane; which of the two is hidden.',
    reward:
      "The speed in m/s in the mode's direction - 0.05 times the squared action. 200 steps of 0.05 s; never ends.",
  },
  'HalfCheetah-Vel': {
    ...halfCheetah,
    task: 'Run forward at a speed from 1.5 to 3 m/s, which is hidden. The mode is the speed.',
    reward:
      "Minus the distance of the forward speed from the mode's in m/s - 0.05 times the squared action. 200 steps of 0.05 s; never ends.",
    differences: `${halfCheetah.differences} Rewards are told under sixteen speeds, or those of \`rewardSpeeds\`.`,
  },
  'Humanoid-Dir-6': {
    task: 'Walk in one of six directions; which one is hidden. Modes: angles k pi/3.',
    observation:
      "Gymnasium's Humanoid-v4: positions without x and y `[22]`, velocities `[23]`, inertias `[140]` and velocities `[84]` of the bodies, torques of the actuators `[23]`, contact forces `[84]`.",
    action: 'Torques of abdomen, hips, knees, shoulders and elbows `[17]`.',
    reward:
      "5 + 0.25 times the way of the centre of mass in the mode's direction, divided by the simulation's timestep of 0.003 s - 0.1 times the squared controls - 5e-7 times the squared contact forces, at most 10. Ends when the height leaves [1, 2] m; 1000 steps of 0.015 s.",
    origin: `${paper}; reward of PEARL (Rakelly et al., 2019); body of Gymnasium's Humanoid.`,
    differences:
      "Contact forces are computed after every step, seen and cost. Actions are in the actuators' range of 0.4. The released evaluation ends episodes beyond [0.8, 2.2] m: option `healthyZRange`.",
  },
  'Walker2d-Vel-6': {
    task: 'Walk at one of six speeds, backward or forward, without falling; which one is hidden. Modes: -1.5, -1, -0.5, 0.5, 1 and 1.5 m/s.',
    observation: 'Height, pitch and six joint angles `[8]`, velocities within 10 m/s and rad/s `[9]`; x is left out.',
    action: 'Torques of the right thigh, leg and foot and the left thigh, leg and foot `[6]`.',
    reward: `${walking} Ends when the height leaves (0.8, 2) m or the pitch (-1, 1) rad; 1000 steps of 0.008 s.`,
    origin: `${paper}, table 4; body of gym's Walker2d, the right foot more slippery than the left, as in Gymnasium's v4.`,
    differences:
      'The fall ends an episode, as gym intends; in the released code it practically never does, which `terminateWhenUnhealthy: false` gives.',
  },
  'Hopper-Vel-6': {
    task: 'Hop at one of six speeds, backward or forward, without falling; which one is hidden. Modes: -2, -1.5, 0.5, 1, 1.5 and 2 m/s.',
    observation: 'Height, pitch and three joint angles `[5]`, velocities within 10 m/s and rad/s `[6]`; x is left out.',
    action: 'Torques of thigh, leg and foot `[3]`.',
    reward: `${walking} Ends when the height is 0.5 m or less, the pitch 0.3 rad or more, or any other number of the state but x 125 or more; 1000 steps of 0.008 s.`,
    origin: `${paper}, table 4, whose speeds are not symmetric; body of Gymnasium's Hopper.`,
    differences: 'None known.',
  },
};

for (const id of multiModeIds) {
  const { differences, ...description } = descriptions[id];
  register({
    id,
    entryPoint: (options) => MultiModeEnv.create(id, options),
    maxEpisodeSteps: taskOf(id).episodeSteps,
    optionNames: multiModeOptionNames(id),
    description: {
      ...description,
      differences: `${differences} The mode is an option, a reset option or drawn at each reset; \`info.mode_rewards\` tells the reward under every mode.`,
    },
    module: import.meta.url,
  });
}
