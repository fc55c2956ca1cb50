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
  type site,
  size,
  worldbody,
} from '@understudy/mujoco/mjcf';

const skin = [0.8, 0.6, 0.4, 1] as const;

/** One of the four legs: three capsules that point outwards along a diagonal, a hip and an ankle. */
interface Leg {
  number: 1 | 2 | 3 | 4;
  /** The way it points. */
  towards: readonly [x: 1 | -1, y: 1 | -1];
  body: string;
  /** Names of the capsules of shin and foot. */
  geoms: readonly [shin: string, foot: string];
  ankleAxis: readonly [number, number, number];
  /** Degrees that the ankle turns. */
  ankleRange: readonly [low: number, high: number];
}

const legs: readonly Leg[] = [
  {
    number: 1,
    towards: [1, 1],
    body: 'front_left_leg',
    geoms: ['left_leg_geom', 'left_ankle_geom'],
    ankleAxis: [-1, 1, 0],
    ankleRange: [30, 70],
  },
  {
    number: 2,
    towards: [-1, 1],
    body: 'front_right_leg',
    geoms: ['right_leg_geom', 'right_ankle_geom'],
    ankleAxis: [1, 1, 0],
    ankleRange: [-70, -30],
  },
  {
    number: 3,
    towards: [-1, -1],
    body: 'back_leg',
    geoms: ['back_leg_geom', 'third_ankle_geom'],
    ankleAxis: [-1, 1, 0],
    ankleRange: [-70, -30],
  },
  {
    number: 4,
    towards: [1, -1],
    body: 'right_back_leg',
    geoms: ['rightback_leg_geom', 'fourth_ankle_geom'],
    ankleAxis: [1, 1, 0],
    ankleRange: [30, 70],
  },
];

function leg({ number, towards: [x, y], body: name, geoms, ankleAxis, ankleRange }: Leg) {
  const capsule = (geomName: string, length: number) =>
    geom({ name: geomName, type: 'capsule', fromto: [0, 0, 0, x * length, y * length, 0], size: [0.08] });
  const foot = body(
    { pos: [x * 0.2, y * 0.2, 0] },
    joint({ name: `ankle_${number}`, type: 'hinge', axis: ankleAxis, range: ankleRange }),
    capsule(geoms[1], 0.4),
  );
  const shin = body(
    { name: `aux_${number}`, pos: [x * 0.2, y * 0.2, 0] },
    joint({ name: `hip_${number}`, type: 'hinge', axis: [0, 0, 1], range: [-30, 30] }),
    capsule(geoms[0], 0.2),
    foot,
  );
  return body({ name, pos: [0, 0, 0] }, capsule(`aux_${number}_geom`, 0.2), shin);
}

/** The order of the actions begins with the last leg. */
const motors = [4, 1, 2, 3].flatMap((number) => [`hip_${number}`, `ankle_${number}`]);

/** In what an ant's model may differ from Gymnasium's. */
export interface AntModelOptions {
  /** What stands in the world beside the floor and the ant; none by default. */
  scenery?: readonly (ReturnType<typeof geom> | ReturnType<typeof site>)[];
  /** Seconds of a simulation step; default 0.01. */
  timestep?: number;
  /** Torque of the motors at a control of 1, N m; default 150. */
  gear?: number;
  /** MuJoCo's contact impedance of all shapes; its own default by default. */
  solimp?: readonly number[];
}

/** The ant, a ball on four legs, free in space: MJCF. */
export function buildAntModel(options: AntModelOptions = {}): string {
  const { scenery = [], timestep = 0.01, gear = 150, solimp } = options;
  return mjcf(
    { model: 'ant' },
    compiler({ angle: 'degree' }),
    option({ timestep, integrator: 'RK4' }),
    size({ memory: '1M' }),
    defaults(
      joint({ armature: 1, damping: 1 }),
      geom({
        contype: 1,
        conaffinity: 0,
        condim: 3,
        density: 5,
        friction: [1, 0.5, 0.5],
        margin: 0.01,
        solimp,
        rgba: skin,
      }),
    ),
    worldbody(
      geom({ name: 'floor', type: 'plane', size: [40, 40, 40], conaffinity: 1, rgba: [0.8, 0.9, 0.8, 1] }),
      body(
        { name: 'torso', pos: [0, 0, 0.75] },
        joint({ name: 'root', type: 'free', armature: 0, damping: 0, margin: 0.01 }),
        geom({ name: 'torso_geom', type: 'sphere', size: [0.25] }),
        ...legs.map(leg),
      ),
      ...scenery,
    ),
    actuator(...motors.map((name) => motor({ joint: name, gear: [gear], ctrlrange: [-1, 1] }))),
  );
}

/** Gymnasium's ant: {@link buildAntModel} without options. */
export const antModel = buildAntModel();
