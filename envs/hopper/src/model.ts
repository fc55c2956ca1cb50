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

/** Metres above the floor in the model's own pose. */
const heights = { torsoTop: 1.45, torso: 1.25, hip: 1.05, knee: 0.6, ankle: 0.1 };
const jointNames = ['thigh_joint', 'leg_joint', 'foot_joint'];

const foot = body(
  { name: 'foot', pos: [0.13, 0, -0.35] },
  joint({ name: 'foot_joint', pos: [-0.13, 0, 0.1], axis: [0, -1, 0], range: [-45, 45] }),
  // From heel to toe.
  geom({ name: 'foot_geom', fromto: [-0.26, 0, 0.1, 0.13, 0, 0.1], size: [0.06], friction: [2] }),
);

const leg = body(
  { name: 'leg', pos: [0, 0, (heights.knee + heights.ankle) / 2 - heights.hip] },
  joint({ name: 'leg_joint', pos: [0, 0, (heights.knee - heights.ankle) / 2], axis: [0, -1, 0], range: [-150, 0] }),
  geom({ name: 'leg_geom', size: [0.04, (heights.knee - heights.ankle) / 2] }),
  foot,
);

const thigh = body(
  { name: 'thigh', pos: [0, 0, heights.hip - heights.torso] },
  joint({ name: 'thigh_joint', axis: [0, -1, 0], range: [-150, 0] }),
  geom({
    name: 'thigh_geom',
    pos: [0, 0, (heights.hip + heights.knee) / 2 - heights.hip],
    size: [0.05, (heights.hip - heights.knee) / 2],
  }),
  leg,
);

/** What the joints of the root have none of. */
const free = { limited: false, armature: 0, damping: 0 } as const;

/** The hopper: torso, thigh, leg and one foot, in the vertical plane y = 0. */
export const hopperModel = mjcf(
  { model: 'hopper' },
  compiler({ angle: 'degree' }),
  option({ timestep: 0.002, integrator: 'RK4' }),
  size({ memory: '512K' }),
  defaults(
    joint({ armature: 1, damping: 1 }),
    geom({
      type: 'capsule',
      contype: 1,
      conaffinity: 1,
      condim: 1,
      friction: [0.9],
      margin: 0.001,
      solimp: [0.8, 0.8, 0.01],
      rgba: [0.8, 0.6, 0.4, 1],
    }),
  ),
  worldbody(
    geom({
      name: 'floor',
      type: 'plane',
      size: [20, 20, 0.125],
      condim: 3,
      friction: [1],
      rgba: [0.8, 0.9, 0.8, 1],
    }),
    body(
      { name: 'torso', pos: [0, 0, heights.torso] },
      joint({ name: 'rootx', type: 'slide', axis: [1, 0, 0], pos: [0, 0, -heights.torso], ...free }),
      joint({ name: 'rootz', type: 'slide', axis: [0, 0, 1], pos: [0, 0, -heights.torso], ref: 1.25, ...free }),
      joint({ name: 'rooty', type: 'hinge', axis: [0, 1, 0], ...free }),
      geom({ name: 'torso_geom', size: [0.05, (heights.torsoTop - heights.hip) / 2] }),
      thigh,
    ),
  ),
  actuator(...jointNames.map((name) => motor({ joint: name, gear: [200], ctrlrange: [-1, 1] }))),
);
