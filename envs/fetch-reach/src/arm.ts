import { body, geom, inertial, joint, site } from '@understudy/mujoco/mjcf';
import { cameraFrames, type Link, link } from './link.ts';

const white = [1, 1, 1, 1] as const;
const blue = [0.086, 0.506, 0.767, 1] as const;

/** A capsule along x from the link's joint to the next one. */
function tube(length: number, radius: number, rgba: Link['shape']['rgba']): Link['shape'] {
  return { type: 'capsule', fromto: [0, 0, 0, length, 0, 0], size: [radius], rgba };
}

/** From the shoulder on; each link carries the next. MuJoCo normalises the quaternions. */
const links: readonly Link[] = [
  {
    name: 'shoulder_pan_link',
    pos: [0.1195, 0, 0.3486],
    inertia: { pos: [0.0927, -0.0056, 0.0564], quat: [-0.1364, 0.7624, -0.1562, 0.613] },
    mass: 2.5587,
    diaginertia: [0.009, 0.0086, 0.0041],
    joint: { name: 'shoulder_pan_joint', axis: [0, 0, 1], range: [-1.6056, 1.6056], damping: 50 },
    shape: { type: 'capsule', fromto: [0, 0, 0.03, 0.117, 0, 0.06], size: [0.06], rgba: white },
  },
  {
    name: 'shoulder_lift_link',
    pos: [0.117, 0, 0.06],
    inertia: { pos: [0.1432, 0.0072, -0.0001], quat: [0.4382, 0.4382, 0.555, 0.555] },
    mass: 2.6615,
    diaginertia: [0.0116, 0.0112, 0.0023],
    joint: { name: 'shoulder_lift_joint', axis: [0, 1, 0], range: [-1.221, 1.518], damping: 50 },
    shape: tube(0.219, 0.055, blue),
  },
  {
    name: 'upperarm_roll_link',
    pos: [0.219, 0, 0],
    inertia: { pos: [0.1165, 0.0014, 0], quat: [-0.136, 7.07, 0.136, 7.07] },
    mass: 2.3311,
    diaginertia: [0.0047, 0.0045, 0.0019],
    joint: { name: 'upperarm_roll_joint', axis: [1, 0, 0], damping: 50 },
    shape: tube(0.133, 0.052, white),
  },
  {
    name: 'elbow_flex_link',
    pos: [0.133, 0, 0],
    inertia: { pos: [0.1279, 0.0073, 0], quat: [0.4332, 0.4332, 0.5589, 0.5589] },
    mass: 2.1299,
    diaginertia: [0.0086, 0.0084, 0.002],
    joint: { name: 'elbow_flex_joint', axis: [0, 1, 0], range: [-2.251, 2.251], damping: 50 },
    shape: tube(0.197, 0.05, blue),
  },
  {
    name: 'forearm_roll_link',
    pos: [0.197, 0, 0],
    inertia: { pos: [0.1097, -0.0266, 0], quat: [-0.0715, 0.7035, 0.0715, 0.7035] },
    mass: 1.6563,
    diaginertia: [0.0035, 0.0031, 0.0015],
    joint: { name: 'forearm_roll_joint', axis: [1, 0, 0], damping: 3.5247, armature: 2.7538, stiffness: 10 },
    shape: tube(0.1245, 0.048, white),
  },
  {
    name: 'wrist_flex_link',
    pos: [0.1245, 0, 0],
    inertia: { pos: [0.0882, 0.0009, -0.0001], quat: [0.4895, 0.4895, 0.5103, 0.5103] },
    mass: 1.725,
    diaginertia: [0.0042, 0.0042, 0.0018],
    joint: { name: 'wrist_flex_joint', axis: [0, 1, 0], range: [-2.16, 2.16], damping: 50 },
    shape: tube(0.1385, 0.046, blue),
  },
  {
    name: 'wrist_roll_link',
    pos: [0.1385, 0, 0],
    inertia: { pos: [0.0095, 0.0004, -0.0002] },
    mass: 0.1354,
    diaginertia: [0.0001, 0.0001, 0.0001],
    joint: { name: 'wrist_roll_joint', axis: [1, 0, 0], damping: 50 },
    shape: { type: 'cylinder', fromto: [-0.025, 0, 0, 0.02, 0, 0], size: [0.052], rgba: white },
  },
];

const palm: Link = {
  name: 'gripper_link',
  pos: [0.1664, 0, 0],
  inertia: { pos: [-0.09, -0.0001, -0.0017], quat: [0, 1, 0, 1] },
  mass: 1.5175,
  diaginertia: [0.0024, 0.0019, 0.0013],
  shape: { type: 'box', pos: [-0.0938, 0, 0.0017], size: [0.0628, 0.0631, 0.0419], rgba: white },
};

/** What of the fingers touches: their boxes, or points at the corners of the boxes' tips. */
export type FingerContacts = 'boxes' | 'tips';

const halfFinger = [0.0385, 0.007, 0.0135] as const;

/** A finger that slides along y; closed at 0. */
function finger(side: 'r' | 'l', contacts: FingerContacts) {
  const sign = side === 'r' ? 1 : -1;
  const name = `robot0:${side}_gripper_finger_link`;
  const seenOnly = contacts === 'boxes' ? {} : { contype: 0 };
  const pos = [0, sign * -0.008, 0] as const;
  return body(
    { name, pos: [0, sign * 0.0159, 0] },
    inertial({ pos: [-0.01, 0, 0], mass: 4, diaginertia: [0.1, 0.1, 0.1] }),
    joint({
      name: `robot0:${side}_gripper_finger_joint`,
      type: 'slide',
      axis: [0, sign, 0],
      range: [0, 0.05],
      damping: 1000,
      armature: 100,
      solreflimit: [0.01, 1],
      solimplimit: [0.99, 0.999, 0.01],
    }),
    geom({ name, class: 'finger', type: 'box', pos, size: halfFinger, ...seenOnly }),
    ...(contacts === 'boxes' ? [] : tips(pos[1])),
  );
}

/** A sphere in each of the four corners at a finger's tip, so small that its contacts are those of the corner. */
function tips(y: number) {
  const radius = 1e-9;
  const [x, halfWidth, halfHeight] = halfFinger;
  const corners: readonly [number, number][] = [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ];
  return corners.map(([right, up]) =>
    geom({ class: 'finger', pos: [x, y + right * halfWidth, up * halfHeight], size: [radius] }),
  );
}

/** Seven joints and a gripper with two fingers, from the shoulder on. */
export function arm(contacts: FingerContacts) {
  const gripper = link(
    palm,
    cameraFrames('gripper'),
    finger('r', contacts),
    finger('l', contacts),
    site({ name: 'robot0:grip', pos: [0.02, 0, 0], size: [0.02, 0.02, 0.02], rgba: [0, 0, 0, 0] }),
  );
  return links.reduceRight((hand, part) => link(part, hand), gripper);
}
