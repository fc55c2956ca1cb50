import {
  actuator,
  body,
  compiler,
  defaults,
  fixed,
  geom,
  joint,
  key,
  keyframe,
  mjcf,
  motor,
  option,
  size,
  tendon,
  worldbody,
} from '@understudy/mujoco/mjcf';

type Vec3 = readonly [number, number, number];

/** A capsule between two points of its body. */
function bone(name: string, from: Vec3, to: Vec3, radius: number) {
  return geom({ name, type: 'capsule', fromto: [...from, ...to], size: [radius] });
}

function ball(name: string, pos: Vec3, radius: number) {
  return geom({ name, type: 'sphere', pos, size: [radius] });
}

/** A hinge: degrees that it turns, and its armature, kg m^2; damping 5 N m s/rad and a spring unless told. */
function hinge(
  name: string,
  axis: Vec3,
  range: readonly [low: number, high: number],
  armature: number,
  more: { stiffness?: number; damping?: number; pos?: Vec3 } = {},
) {
  return joint({ name, type: 'hinge', axis, range, armature, damping: 5, stiffness: 10, ...more });
}

/** Sides differ where the model's author made them differ: the armature of hip y and the stiffness of the knee. */
interface Side {
  name: 'right' | 'left';
  /** The side's sign of y. */
  y: 1 | -1;
  hipArmature: number;
  kneeStiffness: number;
  /** Degrees that the shoulder turns about either axis. */
  shoulderRange: readonly [low: number, high: number];
}

const right: Side = { name: 'right', y: -1, hipArmature: 0.008, kneeStiffness: 0, shoulderRange: [-85, 60] };
const left: Side = { name: 'left', y: 1, hipArmature: 0.01, kneeStiffness: 1, shoulderRange: [-60, 85] };

function leg({ name, y, hipArmature, kneeStiffness }: Side) {
  const foot = body({ name: `${name}_foot`, pos: [0, 0, -0.45] }, ball(`${name}_foot`, [0, 0, 0.1], 0.075));
  const shin = body(
    { name: `${name}_shin`, pos: [0, -y * 0.01, -0.403] },
    hinge(`${name}_knee`, [0, -1, 0], [-160, -2], 0.006, { pos: [0, 0, 0.02], stiffness: kneeStiffness, damping: 1 }),
    bone(`${name}_shin1`, [0, 0, 0], [0, 0, -0.3], 0.049),
    foot,
  );
  return body(
    { name: `${name}_thigh`, pos: [0, y * 0.1, -0.04] },
    hinge(`${name}_hip_x`, [-y, 0, 0], [-25, 5], 0.01),
    hinge(`${name}_hip_z`, [0, 0, -y], [-60, 35], 0.01),
    hinge(`${name}_hip_y`, [0, 1, 0], [-110, 20], hipArmature, { stiffness: 20 }),
    bone(`${name}_thigh1`, [0, 0, 0], [0, -y * 0.01, -0.34], 0.06),
    shin,
  );
}

function arm({ name, y, shoulderRange }: Side) {
  const soft = { stiffness: 1, damping: 1 };
  const lower = body(
    { name: `${name}_lower_arm`, pos: [0.18, y * 0.18, -0.18] },
    hinge(`${name}_elbow`, [0, -1, -y], [-90, 50], 0.0028, { stiffness: 0, damping: 1 }),
    bone(`${name}_larm`, [0.01, -y * 0.01, 0.01], [0.17, -y * 0.17, 0.17], 0.031),
    ball(`${name}_hand`, [0.18, -y * 0.18, 0.18], 0.04),
  );
  return body(
    { name: `${name}_upper_arm`, pos: [0, y * 0.17, 0.06] },
    hinge(`${name}_shoulder1`, [2, -y, 1], shoulderRange, 0.0068, soft),
    hinge(`${name}_shoulder2`, [0, y, 1], shoulderRange, 0.0051, soft),
    bone(`${name}_uarm1`, [0, 0, 0], [0.16, y * 0.16, -0.16], 0.04),
    lower,
  );
}

/** A turn of 0.23 degrees about y. */
const tilt = [1, 0, -0.002, 0] as const;

const pelvis = body(
  { name: 'pelvis', pos: [0, 0, -0.165], quat: tilt },
  hinge('abdomen_x', [1, 0, 0], [-35, 35], 0.02, { pos: [0, 0, 0.1] }),
  bone('butt', [-0.02, -0.07, 0], [-0.02, 0.07, 0], 0.09),
  leg(right),
  leg(left),
);

const waist = body(
  { name: 'lwaist', pos: [-0.01, 0, -0.26], quat: tilt },
  hinge('abdomen_z', [0, 0, 1], [-45, 45], 0.02, { pos: [0, 0, 0.065], stiffness: 20 }),
  hinge('abdomen_y', [0, 1, 0], [-75, 30], 0.02, { pos: [0, 0, 0.065] }),
  bone('lwaist', [0, -0.06, 0], [0, 0.06, 0], 0.06),
  pelvis,
);

/** Newton metres at a control of 1, in the order of the actions; controls go to 0.4. */
const gears = {
  abdomen_y: 100,
  abdomen_z: 100,
  abdomen_x: 100,
  right_hip_x: 100,
  right_hip_z: 100,
  right_hip_y: 300,
  right_knee: 200,
  left_hip_x: 100,
  left_hip_z: 100,
  left_hip_y: 300,
  left_knee: 200,
  right_shoulder1: 25,
  right_shoulder2: 25,
  right_elbow: 25,
  left_shoulder1: 25,
  left_shoulder2: 25,
  left_elbow: 25,
};

/** All joints straight, the torso at a height and turned; no task starts from it. */
function pose(name: string, height: number, quaternion: readonly number[]) {
  return key({ name, qpos: [0, 0, height, ...quaternion, ...Array(17).fill(0)] });
}

/** The humanoid: a body of 40 kg with 17 hinges, free in space. */
export const humanoidModel = mjcf(
  { model: 'humanoid' },
  compiler({ angle: 'degree' }),
  option({ timestep: 0.003, integrator: 'RK4', solver: 'PGS', iterations: 50 }),
  size({ memory: '1M' }),
  defaults(geom({ contype: 1, conaffinity: 1, condim: 1, margin: 0.001, rgba: [0.8, 0.6, 0.4, 1] })),
  worldbody(
    geom({
      name: 'floor',
      type: 'plane',
      size: [20, 20, 0.125],
      condim: 3,
      friction: [1, 0.1, 0.1],
      rgba: [0.8, 0.9, 0.8, 1],
    }),
    body(
      { name: 'torso', pos: [0, 0, 1.4] },
      joint({ name: 'root', type: 'free' }),
      bone('torso1', [0, -0.07, 0], [0, 0.07, 0], 0.07),
      ball('head', [0, 0, 0.19], 0.09),
      bone('uwaist', [-0.01, -0.06, -0.12], [-0.01, 0.06, -0.12], 0.06),
      waist,
      arm(right),
      arm(left),
    ),
  ),
  tendon(
    fixed({ name: 'left_hipknee' }, { left_hip_y: -1, left_knee: 1 }),
    fixed({ name: 'right_hipknee' }, { right_hip_y: -1, right_knee: 1 }),
  ),
  actuator(
    ...Object.entries(gears).map(([name, gear]) => motor({ name, joint: name, gear: [gear], ctrlrange: [-0.4, 0.4] })),
  ),
  keyframe(
    pose('standing', 1.4, [1, 0, 0, 0]),
    pose('on the back', 0.1, [1, 0, -1, 0]),
    pose('face down', 0.1, [1, 0, 1, 0]),
    pose('on the right side', 0.25, [1, 1, 0, 0]),
    pose('on the left side', 0.25, [1, -1, 0, 0]),
  ),
);
