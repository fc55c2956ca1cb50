import {
  body,
  compiler,
  contact,
  defaultClass,
  defaults,
  equality,
  exclude,
  geom,
  mjcf,
  option,
  site,
  weld,
  worldbody,
} from '@understudy/mujoco/mjcf';
import type { FingerContacts } from './arm.ts';
import { robot } from './robot.ts';

const robotContact = { margin: 0.001, solref: [0.01, 1], solimp: [0.99, 0.99, 0.01] };

/** How shapes of each class touch. A finger's bits let it touch table and floor, not the other finger. */
const classes = [
  defaultClass('robot', geom(robotContact)),
  defaultClass(
    'finger',
    geom({ ...robotContact, condim: 4, friction: [1, 0.05, 0.01], conaffinity: 0, rgba: [0.356, 0.361, 0.376, 1] }),
  ),
  defaultClass('mocap', geom({ type: 'box', contype: 0, conaffinity: 0 })),
];

/** A small cube with long bars along its axes shows the mocap body. */
const mocapCross = [
  geom({ class: 'mocap', size: [0.005, 0.005, 0.005], rgba: [0, 0.5, 0, 0.7] }),
  geom({ class: 'mocap', size: [1, 0.005, 0.005], rgba: [0, 0.5, 0, 0.1] }),
  geom({ class: 'mocap', size: [0.005, 1, 0.001], rgba: [0, 0.5, 0, 0.1] }),
  geom({ class: 'mocap', size: [0.005, 0.005, 1], rgba: [0, 0.5, 0, 0.1] }),
];

function buildModel(contacts: FingerContacts): string {
  return mjcf(
    { model: 'fetch_reach' },
    compiler({ angle: 'radian', autolimits: true }),
    option({ timestep: 0.002 }),
    defaults(...classes),
    worldbody(
      // The second contact bit is the base's.
      geom({ name: 'floor0', type: 'plane', pos: [0.8, 0.75, 0], size: [0.85, 0.7, 1], conaffinity: 3 }),
      body(
        { name: 'floor0', pos: [0.8, 0.75, 0] },
        site({ name: 'target0', pos: [0, 0, 0.5], size: [0.02, 0.02, 0.02], rgba: [1, 0, 0, 1] }),
      ),
      body({ name: 'robot0:mocap', mocap: true }, ...mocapCross),
      robot(contacts),
      body({ name: 'table0', pos: [1.3, 0.75, 0.2] }, geom({ type: 'box', size: [0.25, 0.35, 0.2], mass: 2000 })),
    ),
    contact(
      exclude({ body1: 'robot0:torso_lift_link', body2: 'robot0:shoulder_pan_link' }),
      exclude({ body1: 'robot0:torso_lift_link', body2: 'robot0:torso_fixed_link' }),
      exclude({ body1: 'robot0:r_gripper_finger_link', body2: 'robot0:l_gripper_finger_link' }),
    ),
    // The gripper follows the mocap body itself, not from where the model's pose has it.
    equality(weld({ body1: 'robot0:mocap', body2: 'robot0:gripper_link', relpose: [0, 0, 0, 1, 0, 0, 0] })),
  );
}

/**
 * Fetch, a robot with one arm, behind a table. A mocap body pulls its gripper along by a weld; there are no actuators.
 *
 * Bodies, inertias, joints and the weld are Gymnasium-Robotics'. Its meshes are not: boxes, capsules and cylinders stand
 * for them. Contacts are those of the fingers with table and floor, and of the base with the floor.
 */
export const fetchReachModel = buildModel('boxes');

/**
 * The same for MuJoCo 3.3, which finds boxes in each other half as deep as they are (3.14 tells the whole depth): points
 * at the fingertips' corners touch in place of the boxes, with the same contacts on the table.
 */
export const fetchReachModelOfTips = buildModel('tips');
