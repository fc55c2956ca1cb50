import { body } from '@understudy/mujoco/mjcf';
import { arm, type FingerContacts } from './arm.ts';
import { cameraFrames, type Link, link } from './link.ts';

/**
 * Height of the underside of the base above the floor, m. The floor carries the base within its contact margin, and the
 * lift's limit pushes against it; so the arm's course depends on this height: 1e-7 m shift it by 1e-8 m a step.
 */
const baseClearance = 8.21e-7;
const baseHalfHeight = 0.185;
/** Contact bits by which the base touches the floor and nothing else. */
const floorOnly = { contype: 2, conaffinity: 0 } as const;

const head = link(
  {
    name: 'head_pan_link',
    pos: [0.0531, 0, 0.603],
    inertia: { pos: [0.0321, 0.0161, 0.039], quat: [0.5148, 0.5451, -0.453, 0.4823] },
    mass: 2.2556,
    diaginertia: [0.0185, 0.0128, 0.0095],
    joint: { name: 'head_pan_joint', axis: [0, 0, 1], range: [-1.57, 1.57], damping: 50 },
    shape: { type: 'box', pos: [0.056, 0, 0.06], size: [0.1, 0.06, 0.06], rgba: [0.356, 0.361, 0.376, 1] },
  },
  link(
    {
      name: 'head_tilt_link',
      pos: [0.1425, 0, 0.058],
      inertia: { pos: [0.0081, 0.0025, 0.0113], quat: [0.6458, 0.66, -0.274, 0.2689] },
      mass: 0.9087,
      diaginertia: [0.0063, 0.0059, 0.0014],
      joint: { name: 'head_tilt_joint', axis: [0, 1, 0], range: [-0.76, 1.45], damping: 1000, ref: 0.06 },
      shape: { type: 'box', pos: [0.02, 0, 0.003], size: [0.05, 0.1, 0.05], rgba: [0.086, 0.506, 0.767, 1] },
    },
    cameraFrames('head'),
  ),
);

const torso: Link = {
  name: 'torso_lift_link',
  pos: [-0.0869, 0, 0.3774],
  inertia: { pos: [-0.0013, -0.0009, 0.2935], quat: [0.9993, -0.0006, 0.0336, 0.0185] },
  mass: 10.7796,
  diaginertia: [0.3365, 0.3354, 0.0943],
  joint: { name: 'torso_lift_joint', type: 'slide', axis: [0, 0, 1], range: [0.0386, 0.3861], damping: 1e7 },
  shape: { type: 'box', pos: [-0.05, 0, 0.32], size: [0.09, 0.14, 0.28], rgba: [1, 1, 1, 1] },
};

/** The base stands on the floor: three slides place it and hold it there by their damping. */
const base: Link = {
  name: 'base_link',
  pos: [0.2869, 0.2641, 0],
  inertia: { pos: [-0.0036, 0, 0.0014], quat: [0.7605, -0.0133, -0.0061, 0.6491] },
  mass: 70.1294,
  diaginertia: [1.2869, 1.2236, 0.9868],
  slides: { names: ['slide0', 'slide1', 'slide2'], damping: 1e11, armature: 1e-4 },
  shape: {
    type: 'box',
    pos: [0, 0, baseHalfHeight + baseClearance],
    size: [0.27, 0.26, baseHalfHeight],
    rgba: [0.356, 0.361, 0.376, 1],
  },
  touches: floorOnly,
};

/** What is fixed to the base. */
const fittings: readonly Link[] = [
  {
    name: 'estop_link',
    pos: [-0.1246, 0.2389, 0.3113],
    quat: [1, 1, 0, 0],
    inertia: { pos: [0.0024, -0.0033, 0.0067], quat: [0.3774, -0.1814, 0.1375, 0.8977] },
    mass: 0.002,
    shape: { type: 'sphere', size: [0.028], rgba: [0.8, 0, 0, 1] },
  },
  {
    name: 'laser_link',
    pos: [0.235, 0, 0.2878],
    quat: [0, 1, 0, 0],
    inertia: { pos: [-0.0306, 0.0007, 0.0552], quat: [0.5878, 0.5378, -0.4578, 0.3945] },
    mass: 0.0083,
    shape: { type: 'cylinder', pos: [-0.033, 0, 0.055], size: [0.03, 0.035], rgba: [0.7922, 0.8196, 0.9333, 1] },
  },
  {
    name: 'torso_fixed_link',
    pos: [-0.0869, 0, 0.3774],
    inertia: { pos: [-0.0722, 0.0057, 0.2656], quat: [0.9995, 0.0249, 0.0177, 0.011] },
    mass: 13.2775,
    diaginertia: [0.3865, 0.3394, 0.1009],
    shape: { type: 'box', pos: [-0.096, 0, 0.212], size: [0.072, 0.155, 0.23], rgba: [0.086, 0.506, 0.767, 1] },
  },
];

/** Fetch: a base with a torso that lifts, a head and one arm. */
export function robot(contacts: FingerContacts) {
  return link(
    base,
    link(torso, head, arm(contacts)),
    ...fittings.map((part) => link(part)),
    body({ name: 'robot0:external_camera_body_0' }),
  );
}
