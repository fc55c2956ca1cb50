import { InputError } from '@understudy/errors';
import type { Env } from '@understudy/gym';
import { BaseMujocoEnv } from './base-mujoco-env.ts';
import { type GeomType, geomTypes, type JointType, jointTypes } from './engine/element-types.ts';
import type { Simulation } from './engine/simulation.ts';

/** A shape of the model. */
export interface SceneGeom {
  /** Empty if the model gives none. */
  name: string;
  type: GeomType;
  /**
   * Metres, by type: sphere [radius]; capsule and cylinder [radius, half length along z]; box and ellipsoid the three
   * half sizes; plane [half x, half y, grid], 0 meaning infinite.
   */
  size: readonly [number, number, number];
  /** 0 to 1. */
  rgba: readonly [number, number, number, number];
  /** Name of the body that carries it; `world` doesn't move. */
  body: string;
}

/** A joint and where its numbers stand in qpos and qvel. */
export interface SceneJoint {
  name: string;
  type: JointType;
  body: string;
  qposAddress: number;
  qvelAddress: number;
}

/** One moment of a scene; arrays of its own, so frames can be kept. */
export interface SceneFrame {
  /** Simulated seconds since the reset. */
  time: number;
  /** Centres of the geoms in the world, `[geoms, 3]`, metres. */
  geomPositions: Float64Array;
  /** Rotation matrices of the geoms, rows first, `[geoms, 9]`. */
  geomRotations: Float64Array;
  qpos: Float64Array;
  qvel: Float64Array;
}

/** What a picture of an environment needs: the shapes once, their places at every moment. */
export interface SceneGeometry {
  geoms: readonly SceneGeom[];
  joints: readonly SceneJoint[];
  bodyNames: readonly string[];
  /**
   * The current moment. MuJoCo computes places at the beginning of each simulation step, so after a step they lag
   * behind qpos by one timestep; nothing is recomputed for the picture.
   */
  capture(): SceneFrame;
}

/**
 * The geometry of a MuJoCo environment, wrapped or not.
 *
 * @throws InputError if the environment isn't one of MuJoCo's.
 */
export function sceneGeometry(env: Pick<Env<unknown, unknown>, 'id' | 'unwrapped'>): SceneGeometry {
  const inner: unknown = env.unwrapped;
  if (!(inner instanceof BaseMujocoEnv))
    throw new InputError(`${env.id} isn't a MuJoCo environment, so it has no geometry`);
  const { model, simulation } = inner;
  const bodyNames = model.names.body;
  const size = model.doubles('geom_size');
  const rgba = model.view('geom_rgba');
  const geomType = model.integers('geom_type');
  const geomBody = model.integers('geom_bodyid');
  const jointType = model.integers('jnt_type');
  const jointBody = model.integers('jnt_bodyid');
  const qposAddress = model.integers('jnt_qposadr');
  const qvelAddress = model.integers('jnt_dofadr');
  return {
    bodyNames,
    geoms: model.names.geom.map((name, i) => ({
      name,
      type: geomTypes[geomType[i]] ?? 'mesh',
      size: [size[3 * i], size[3 * i + 1], size[3 * i + 2]],
      rgba: [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]],
      body: bodyNames[geomBody[i]],
    })),
    joints: model.names.joint.map((name, i) => ({
      name,
      type: jointTypes[jointType[i]],
      body: bodyNames[jointBody[i]],
      qposAddress: qposAddress[i],
      qvelAddress: qvelAddress[i],
    })),
    capture: () => captureFrame(simulation),
  };
}

function captureFrame(simulation: Simulation): SceneFrame {
  return {
    time: simulation.time,
    geomPositions: simulation.geom_xpos.slice(),
    geomRotations: simulation.geom_xmat.slice(),
    qpos: simulation.qpos.slice(),
    qvel: simulation.qvel.slice(),
  };
}
