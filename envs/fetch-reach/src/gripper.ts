import { InputError } from '@understudy/errors';
import type { MujocoModel, Simulation } from '@understudy/mujoco';

/** Where a model has Fetch's gripper: ids and addresses in MuJoCo's arrays. */
export interface Gripper {
  /** The site between the fingertips. */
  readonly site: number;
  /** The body that carries it and is welded to the mocap body. */
  readonly body: number;
  /** The first body of its tree. */
  readonly root: number;
  /** The body that the gripper is welded to. */
  readonly mocapBody: number;
  /** The row of that body among the mocap bodies. */
  readonly mocap: number;
  /** Addresses in qpos, right and left. */
  readonly fingerPositions: readonly [number, number];
  /** Addresses in qvel, right and left. */
  readonly fingerVelocities: readonly [number, number];
}

/** MuJoCo's mjtEq. */
const weldType = 1;

/** A weld's anchor, offset and turn: none. */
const alignedWeld = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0];

/**
 * Finds the gripper by its names.
 *
 * @throws InputError if the model lacks a part of it, naming the part.
 */
export function findGripper(id: string, model: MujocoModel): Gripper {
  const find = (kind: 'site' | 'joint', name: string) => {
    const found = model.idOf(kind, name);
    if (found < 0) throw new InputError(`the model of ${id} has no ${kind} "${name}"; give a model of Fetch`);
    return found;
  };
  const site = find('site', 'robot0:grip');
  const fingers = ['r', 'l'].map((side) => find('joint', `robot0:${side}_gripper_finger_joint`));
  const mocapBody = model.count('neq') > 0 ? model.integers('eq_obj1id')[0] : 0;
  const mocap = model.integers('body_mocapid')[mocapBody];
  if (mocap < 0 || model.integers('eq_type')[0] !== weldType) {
    throw new InputError(
      `the first equality of the model of ${id} is no weld with a mocap body as body1; give a model of Fetch`,
    );
  }
  const address = (field: string) => fingers.map((joint) => model.integers(field)[joint]) as [number, number];
  return {
    site,
    body: model.integers('eq_obj2id')[0],
    root: model.integers('body_rootid')[model.integers('site_bodyid')[site]],
    mocapBody,
    mocap,
    fingerPositions: address('jnt_qposadr'),
    fingerVelocities: address('jnt_dofadr'),
  };
}

/**
 * Makes the gripper follow the mocap body's own pose, not one that is offset as in the model's pose. The model may be
 * shared, by environments that all want this.
 */
export function alignWeld(model: MujocoModel): void {
  const weld = model.doubles('eq_data').subarray(0, alignedWeld.length);
  if (alignedWeld.some((value, i) => weld[i] !== value)) weld.set(alignedWeld);
}

/**
 * Velocity of the point between the fingertips, m/s, from that of its body about its tree's centre of mass.
 *
 * @param out - Takes the velocity, `[3]`.
 */
export function gripperVelocity(simulation: Simulation, { site, body, root }: Gripper, out: Float64Array): void {
  const { cvel, site_xpos, subtree_com } = simulation;
  const turn = 6 * body;
  for (let i = 0; i < 3; i++) {
    const next = (i + 1) % 3;
    const last = (i + 2) % 3;
    out[i] =
      cvel[turn + 3 + i] +
      cvel[turn + next] * (site_xpos[3 * site + last] - subtree_com[3 * root + last]) -
      cvel[turn + last] * (site_xpos[3 * site + next] - subtree_com[3 * root + next]);
  }
}
