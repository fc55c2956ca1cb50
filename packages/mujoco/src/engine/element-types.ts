export type GeomType = 'plane' | 'hfield' | 'sphere' | 'capsule' | 'ellipsoid' | 'cylinder' | 'box' | 'mesh' | 'sdf';

/** MuJoCo's mjtGeom in order. */
export const geomTypes: readonly GeomType[] = [
  'plane',
  'hfield',
  'sphere',
  'capsule',
  'ellipsoid',
  'cylinder',
  'box',
  'mesh',
  'sdf',
];

export type JointType = 'free' | 'ball' | 'slide' | 'hinge';

/** MuJoCo's mjtJoint in order. */
export const jointTypes: readonly JointType[] = ['free', 'ball', 'slide', 'hinge'];
