import { register } from '@understudy/gym';
import { ReacherEnv, reacherOptionNames } from './reacher-env.ts';

register({
  id: 'Reacher-v5',
  entryPoint: (options) => ReacherEnv.create(options),
  maxEpisodeSteps: 50,
  rewardThreshold: -3.75,
  optionNames: reacherOptionNames,
  description: {
    task: 'Bring the tip of a two-link arm in a plane to a target.',
    observation:
      'Cosines `[2]` and sines `[2]` of the joint angles, the target in m `[2]`, the velocities of the joints in rad/s `[2]`, the way from target to fingertip in m `[2]`.',
    action: 'Torques of the two joints `[2]`.',
    reward: '- the distance from target to fingertip in m - the squared action. Never ends by itself.',
    origin: "Gymnasium's Reacher-v5.",
    differences: 'None known in simulation, observation or reward; options are in camel case.',
  },
  module: import.meta.url,
});
