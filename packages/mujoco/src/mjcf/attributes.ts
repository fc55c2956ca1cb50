/** A value of an MJCF attribute: numbers are written so that they read back exactly, lists with spaces between. */
export type AttributeValue = string | number | boolean | readonly number[];

/** Attributes under MJCF's own names; see MuJoCo's XML reference for their meaning. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

type Vector = readonly number[];
type Vec3 = readonly [number, number, number];
type Quaternion = readonly [number, number, number, number];
type Rgba = readonly [number, number, number, number];
type Range = readonly [number, number];

export interface CompilerAttributes {
  angle?: 'radian' | 'degree';
  autolimits?: boolean;
  balanceinertia?: boolean;
  boundinertia?: number;
  boundmass?: number;
  eulerseq?: string;
  inertiafromgeom?: boolean | 'auto';
  meshdir?: string;
  settotalmass?: number;
  assetdir?: string;
}

export interface OptionAttributes {
  cone?: 'pyramidal' | 'elliptic';
  density?: number;
  gravity?: Vec3;
  impratio?: number;
  integrator?: 'Euler' | 'RK4' | 'implicit' | 'implicitfast';
  iterations?: number;
  jacobian?: 'dense' | 'sparse' | 'auto';
  solver?: 'PGS' | 'CG' | 'Newton';
  timestep?: number;
  tolerance?: number;
  viscosity?: number;
  wind?: Vec3;
}

export interface SizeAttributes {
  /** Bytes for contacts and constraints in each simulation, `200K`. */
  memory?: string;
  njmax?: number;
  nconmax?: number;
  nkey?: number;
}

/** Where an element is and how it is turned; one of the orientations at most. */
export interface PoseAttributes {
  pos?: Vec3;
  quat?: Quaternion;
  axisangle?: Quaternion;
  euler?: Vec3;
  xyaxes?: Vector;
  zaxis?: Vec3;
}

export interface BodyAttributes extends PoseAttributes {
  name?: string;
  childclass?: string;
  mocap?: boolean;
  gravcomp?: number;
}

export interface InertialAttributes extends PoseAttributes {
  pos: Vec3;
  mass: number;
  diaginertia?: Vec3;
  fullinertia?: Vector;
}

export interface JointAttributes {
  name?: string;
  class?: string;
  type?: 'free' | 'ball' | 'slide' | 'hinge';
  pos?: Vec3;
  axis?: Vec3;
  limited?: boolean | 'auto';
  range?: Range;
  ref?: number;
  springref?: number;
  stiffness?: number;
  damping?: number;
  armature?: number;
  frictionloss?: number;
  margin?: number;
  solreflimit?: Vector;
  solimplimit?: Vector;
}

export interface GeomAttributes extends PoseAttributes {
  name?: string;
  class?: string;
  type?: 'plane' | 'sphere' | 'capsule' | 'ellipsoid' | 'cylinder' | 'box' | 'mesh' | 'hfield';
  size?: Vector;
  /** Both ends of a capsule, cylinder, box or ellipsoid, instead of pose and length. */
  fromto?: Vector;
  mesh?: string;
  material?: string;
  rgba?: Rgba;
  group?: number;
  mass?: number;
  density?: number;
  contype?: number;
  conaffinity?: number;
  condim?: 1 | 3 | 4 | 6;
  priority?: number;
  friction?: Vector;
  margin?: number;
  gap?: number;
  solmix?: number;
  solref?: Vector;
  solimp?: Vector;
}

export interface SiteAttributes extends PoseAttributes {
  name?: string;
  class?: string;
  type?: 'sphere' | 'capsule' | 'ellipsoid' | 'cylinder' | 'box';
  size?: Vector;
  rgba?: Rgba;
}

export interface CameraAttributes extends PoseAttributes {
  name?: string;
  mode?: 'fixed' | 'track' | 'trackcom' | 'targetbody' | 'targetbodycom';
  target?: string;
  fovy?: number;
}

export interface LightAttributes {
  name?: string;
  pos?: Vec3;
  dir?: Vec3;
  mode?: CameraAttributes['mode'];
}

export interface ActuatorAttributes {
  name?: string;
  class?: string;
  joint?: string;
  site?: string;
  tendon?: string;
  gear?: Vector;
  ctrllimited?: boolean | 'auto';
  ctrlrange?: Range;
  forcelimited?: boolean | 'auto';
  forcerange?: Range;
}

export interface PositionAttributes extends ActuatorAttributes {
  kp?: number;
  kv?: number;
}

export interface VelocityAttributes extends ActuatorAttributes {
  kv?: number;
}

export interface MeshAttributes {
  name?: string;
  file?: string;
  scale?: Vec3;
}

export interface WeldAttributes {
  name?: string;
  body1?: string;
  body2?: string;
  relpose?: Vector;
  solref?: Vector;
  solimp?: Vector;
  active?: boolean;
}

export interface ExcludeAttributes {
  name?: string;
  body1: string;
  body2: string;
}

export interface PairAttributes {
  name?: string;
  geom1: string;
  geom2: string;
  condim?: 1 | 3 | 4 | 6;
  friction?: Vector;
  margin?: number;
  gap?: number;
  solref?: Vector;
  solimp?: Vector;
}

export interface KeyAttributes {
  name?: string;
  qpos?: Vector;
  qvel?: Vector;
  time?: number;
}

export interface FixedTendonAttributes {
  name?: string;
  range?: Range;
  limited?: boolean | 'auto';
  stiffness?: number;
  damping?: number;
}
