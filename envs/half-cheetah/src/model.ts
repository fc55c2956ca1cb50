import {
  actuator,
  body,
  compiler,
  defaults,
  geom,
  joint,
  mjcf,
  motor,
  option,
  size,
  worldbody,
} from '@understudy/mujoco/mjcf';

/** Metres: the radius of every limb. */
const radius = 0.046;
const skin = [0.8, 0.6, 0.4, 1] as const;
const shade = [0.9, 0.6, 0.6, 1] as const;

/** A limb: a capsule turned about y, on a hinge about y with a spring and a damper. */
interface Limb {
  name: string;
  /** Where its hinge sits in the parent. */
  hinge: readonly [x: number, z: number];
  /** Radians that the hinge turns either way. */
  range: readonly [low: number, high: number];
  /** N m/rad that pull the hinge back to 0. */
  stiffness: number;
  /** N m s/rad. */
  damping: number;
  /** Centre of the capsule in the limb. */
  centre: readonly [x: number, z: number];
  /** Radians about y by which the capsule leans from upright. */
  lean: number;
  /** Half the capsule's length without its caps. */
  halfLength: number;
  rgba: readonly [number, number, number, number];
}

function limb(shape: Limb, ...next: ReturnType<typeof body>[]) {
  const { name, hinge, centre, lean, halfLength, range, stiffness, damping, rgba } = shape;
  return body(
    { name, pos: [hinge[0], 0, hinge[1]] },
    joint({ name, axis: [0, 1, 0], range, stiffness, damping, armature: 0.1 }),
    geom({
      name,
      pos: [centre[0], 0, centre[1]],
      axisangle: [0, 1, 0, lean],
      size: [radius, halfLength],
      rgba,
    }),
    ...next,
  );
}

const backLeg = limb(
  {
    name: 'bthigh',
    hinge: [-0.5, 0],
    range: [-0.52, 1.05],
    stiffness: 240,
    damping: 6,
    centre: [0.1, -0.13],
    lean: -3.8,
    halfLength: 0.145,
    rgba: skin,
  },
  limb(
    {
      name: 'bshin',
      hinge: [0.16, -0.25],
      range: [-0.785, 0.785],
      stiffness: 180,
      damping: 4.5,
      centre: [-0.14, -0.07],
      lean: -2.03,
      halfLength: 0.15,
      rgba: shade,
    },
    limb({
      name: 'bfoot',
      hinge: [-0.28, -0.14],
      range: [-0.4, 0.785],
      stiffness: 120,
      damping: 3,
      centre: [0.03, -0.097],
      lean: -0.27,
      halfLength: 0.094,
      rgba: shade,
    }),
  ),
);

const frontLeg = limb(
  {
    name: 'fthigh',
    hinge: [0.5, 0],
    range: [-1, 0.7],
    stiffness: 180,
    damping: 4.5,
    centre: [-0.07, -0.12],
    lean: 0.52,
    halfLength: 0.133,
    rgba: skin,
  },
  limb(
    {
      name: 'fshin',
      hinge: [-0.14, -0.24],
      range: [-1.2, 0.87],
      stiffness: 120,
      damping: 3,
      centre: [0.065, -0.09],
      lean: -0.6,
      halfLength: 0.106,
      rgba: shade,
    },
    limb({
      name: 'ffoot',
      hinge: [0.13, -0.18],
      range: [-0.5, 0.5],
      stiffness: 60,
      damping: 1.5,
      centre: [0.045, -0.07],
      lean: -0.6,
      halfLength: 0.07,
      rgba: shade,
    }),
  ),
);

/** Torque at full control, N m. */
const gears = { bthigh: 120, bshin: 90, bfoot: 60, fthigh: 120, fshin: 60, ffoot: 30 };

/** The half-cheetah: a torso with a head and two legs of three limbs, 14 kg, in the vertical plane y = 0. */
export const halfCheetahModel = mjcf(
  { model: 'half-cheetah' },
  compiler({ angle: 'radian', settotalmass: 14 }),
  option({ timestep: 0.01 }),
  size({ memory: '512K' }),
  defaults(
    joint({ solimplimit: [0, 0.8, 0.03] }),
    geom({
      type: 'capsule',
      contype: 1,
      conaffinity: 0,
      friction: [0.4, 0.1, 0.1],
      solimp: [0, 0.8, 0.01],
      rgba: skin,
    }),
  ),
  worldbody(
    geom({ name: 'floor', type: 'plane', size: [40, 40, 40], conaffinity: 1, rgba: [0.8, 0.9, 0.8, 1] }),
    body(
      { name: 'torso', pos: [0, 0, 0.7] },
      joint({ name: 'rootx', type: 'slide', axis: [1, 0, 0] }),
      joint({ name: 'rootz', type: 'slide', axis: [0, 0, 1] }),
      joint({ name: 'rooty', type: 'hinge', axis: [0, 1, 0] }),
      geom({ name: 'torso', fromto: [-0.5, 0, 0, 0.5, 0, 0], size: [radius] }),
      geom({ name: 'head', pos: [0.6, 0, 0.1], axisangle: [0, 1, 0, 0.87], size: [radius, 0.15] }),
      backLeg,
      frontLeg,
    ),
  ),
  actuator(
    ...Object.entries(gears).map(([name, gear]) => motor({ name, joint: name, gear: [gear], ctrlrange: [-1, 1] })),
  ),
);
