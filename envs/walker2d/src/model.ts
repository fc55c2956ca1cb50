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

/** What tells one leg from the other: the end of its names, the friction of its foot, its colour. */
interface Leg {
  suffix: '' | '_left';
  footFriction: number;
  rgba: readonly [number, number, number, number];
}

function leg({ suffix, footFriction, rgba }: Leg) {
  const foot = body(
    { name: `foot${suffix}`, pos: [0.2, 0, -0.35] },
    joint({ name: `foot${suffix}_joint`, pos: [-0.2, 0, 0.1], axis: [0, -1, 0], range: [-45, 45] }),
    // From heel to toe.
    geom({
      name: `foot${suffix}_geom`,
      fromto: [-0.2, 0, 0.1, 0, 0, 0.1],
      size: [0.06],
      friction: [footFriction],
      rgba,
    }),
  );
  const shin = body(
    { name: `leg${suffix}`, pos: [0, 0, (heights.knee + heights.ankle) / 2 - heights.hip] },
    joint({
      name: `leg${suffix}_joint`,
      pos: [0, 0, (heights.knee - heights.ankle) / 2],
      axis: [0, -1, 0],
      range: [-150, 0],
    }),
    geom({ name: `leg${suffix}_geom`, size: [0.04, (heights.knee - heights.ankle) / 2], rgba }),
    foot,
  );
  return body(
    { name: `thigh${suffix}`, pos: [0, 0, heights.hip - heights.torso] },
    joint({ name: `thigh${suffix}_joint`, axis: [0, -1, 0], range: [-150, 0] }),
    geom({
      name: `thigh${suffix}_geom`,
      pos: [0, 0, (heights.hip + heights.knee) / 2 - heights.hip],
      size: [0.05, (heights.hip - heights.knee) / 2],
      rgba,
    }),
    shin,
  );
}

/** What the joints of the root have none of. */
const free = { limited: false, armature: 0, damping: 0 } as const;
const motorJoints = ['', '_left'].flatMap((suffix) => ['thigh', 'leg', 'foot'].map((part) => `${part}${suffix}_joint`));

/**
 * The walker: a torso on two legs of three limbs, in the vertical plane y = 0.
 *
 * @param rightFootFriction - Sliding friction of the right foot; the left one's is 1.9.
 */
export function walker2dModel(rightFootFriction = 1.9): string {
  return mjcf(
    { model: 'walker2d' },
    compiler({ angle: 'degree' }),
    option({ timestep: 0.002, integrator: 'RK4' }),
    size({ memory: '512K' }),
    defaults(
      joint({ armature: 0.01, damping: 0.1 }),
      geom({
        type: 'capsule',
        contype: 1,
        conaffinity: 0,
        condim: 3,
        friction: [0.9, 0.1, 0.1],
        rgba: [0.8, 0.6, 0.4, 1],
      }),
    ),
    worldbody(
      geom({
        name: 'floor',
        type: 'plane',
        size: [40, 40, 40],
        conaffinity: 1,
        friction: [0.7, 0.1, 0.1],
        rgba: [0.8, 0.9, 0.8, 1],
      }),
      body(
        { name: 'torso', pos: [0, 0, heights.torso] },
        joint({ name: 'rootx', type: 'slide', axis: [1, 0, 0], pos: [0, 0, -heights.torso], ...free }),
        joint({ name: 'rootz', type: 'slide', axis: [0, 0, 1], pos: [0, 0, -heights.torso], ref: 1.25, ...free }),
        joint({ name: 'rooty', type: 'hinge', axis: [0, 1, 0], ...free }),
        geom({ name: 'torso_geom', size: [0.05, (heights.torsoTop - heights.hip) / 2] }),
        leg({ suffix: '', footFriction: rightFootFriction, rgba: [0.8, 0.6, 0.4, 1] }),
        leg({ suffix: '_left', footFriction: 1.9, rgba: [0.7, 0.3, 0.6, 1] }),
      ),
    ),
    actuator(...motorJoints.map((name) => motor({ joint: name, gear: [100], ctrlrange: [-1, 1] }))),
  );
}
