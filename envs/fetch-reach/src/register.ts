import { type EnvDescription, register } from '@understudy/gym';
import { type FetchReachId, fetchReachOptionNames } from './fetch-reach-env.ts';
import { makeFetchReach } from './hidden-goal.ts';

const shared = {
  task: 'Bring the gripper of a robot arm to a point in the air.',
  observation:
    'A dictionary: `observation` `[10]` (place of the gripper in m `[3]`, openings of both fingers in m `[2]`, velocities of gripper `[3]` and fingers `[2]` in m a step), `achieved_goal` `[3]` (place of the gripper), `desired_goal` `[3]`. With `hideGoal`, the `[10]` alone.',
  action:
    "How far the gripper's target moves along x, y, z, in units of 5 cm, and the fingers, which are blocked `[4]`; clipped to [-1, 1].",
  origin:
    "Gymnasium-Robotics' FetchReach (Plappert et al., *Multi-Goal Reinforcement Learning: Challenging Robotics Environments and Request for Research*, 2018).",
  differences:
    "Boxes, capsules and cylinders stand for the robot's meshes; only fingers, table, floor and base touch, so the arm passes through head, torso and itself, and only fingers meet the table (on mujoco-js only their tips). `reset({ options: { goal } })` and `hideGoal` are additions.",
};

const descriptions: Record<FetchReachId, EnvDescription> = {
  'FetchReach-v4': {
    ...shared,
    reward: '0 within 5 cm of the goal, -1 elsewhere. Never ends by itself.',
  },
  'FetchReachDense-v4': {
    ...shared,
    reward: 'Minus the distance from the goal in m. Never ends by itself.',
  },
};

for (const id of ['FetchReach-v4', 'FetchReachDense-v4'] as const) {
  register({
    id,
    entryPoint: (options) => makeFetchReach(options, id),
    maxEpisodeSteps: 50,
    optionNames: [...fetchReachOptionNames, 'hideGoal'],
    description: descriptions[id],
    module: import.meta.url,
  });
}
