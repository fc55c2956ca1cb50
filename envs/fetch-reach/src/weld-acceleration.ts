import type { MujocoModel, Simulation } from '@understudy/mujoco';
import type { Gripper } from './gripper.ts';

/**
 * The acceleration that the weld's residual has by the arm's motion alone, which MuJoCo 3.14 subtracts from the
 * constraint's reference acceleration and 3.3 leaves out. At the arm's speeds it moves the gripper by up to 1 mm a step.
 *
 * The residual is `x_mocap - x_gripper` and the vector part of `conj(q_gripper) q_mocap`; its second derivative at zero
 * joint accelerations is `dJ/dt qvel`. Valid for a weld without offset, turn or anchor
 * that is the model's first equality constraint, whose rows come first.
 */
export class WeldAcceleration {
  readonly #gripper: Gripper;
  /** The joints' degrees of freedom between world and gripper. */
  readonly #chain: readonly number[];
  /** Angular, then linear acceleration of the gripper's body, about its tree's centre of mass. */
  readonly #bias = new Float64Array(6);
  /** Rate of the residual's change of rate, `[6]`. */
  readonly #residual = new Float64Array(6);

  constructor(model: MujocoModel, gripper: Gripper) {
    this.#gripper = gripper;
    this.#chain = degreesOfFreedom(model, gripper.body);
  }

  /** Subtracts it from the references of the weld's rows; call it within {@link Simulation.stepInHalves}. */
  subtract(simulation: Simulation): void {
    this.#computeBias(simulation);
    this.#computeTranslation(simulation);
    this.#computeRotation(simulation);
    // Where the rows stand in memory depends on the contacts, so the view is good for this step only.
    const reference = simulation.view('efc_aref');
    for (let row = 0; row < 6; row++) reference[row] -= this.#residual[row];
  }

  #computeBias(simulation: Simulation): void {
    const bias = this.#bias.fill(0);
    const rate = simulation.view('cdof_dot');
    const { qvel } = simulation;
    for (let k = 0; k < this.#chain.length; k++) {
      const dof = this.#chain[k];
      for (let i = 0; i < 6; i++) bias[i] += rate[6 * dof + i] * qvel[dof];
    }
  }

  /** Minus the acceleration of the body's origin: `a + alpha x r + omega x (v + omega x r)`. */
  #computeTranslation({ cvel, xpos, subtree_com }: Simulation): void {
    const { body, root } = this.#gripper;
    const bias = this.#bias;
    const residual = this.#residual;
    const at = 6 * body;
    const ax = bias[0];
    const ay = bias[1];
    const az = bias[2];
    const rx = xpos[3 * body] - subtree_com[3 * root];
    const ry = xpos[3 * body + 1] - subtree_com[3 * root + 1];
    const rz = xpos[3 * body + 2] - subtree_com[3 * root + 2];
    const wx = cvel[at];
    const wy = cvel[at + 1];
    const wz = cvel[at + 2];
    const vx = cvel[at + 3] + wy * rz - wz * ry;
    const vy = cvel[at + 4] + wz * rx - wx * rz;
    const vz = cvel[at + 5] + wx * ry - wy * rx;
    residual[0] = -(bias[3] + ay * rz - az * ry + wy * vz - wz * vy);
    residual[1] = -(bias[4] + az * rx - ax * rz + wz * vx - wx * vz);
    residual[2] = -(bias[5] + ax * ry - ay * rx + wx * vy - wy * vx);
  }

  /** The vector part of `-1/2 conj(q_gripper) (alpha + |omega|^2 / 2) q_mocap`, alpha a quaternion without real part. */
  #computeRotation({ cvel, xquat }: Simulation): void {
    const { body, mocapBody } = this.#gripper;
    const residual = this.#residual;
    const at = 6 * body;
    const x = this.#bias[0];
    const y = this.#bias[1];
    const z = this.#bias[2];
    const w = (cvel[at] * cvel[at] + cvel[at + 1] * cvel[at + 1] + cvel[at + 2] * cvel[at + 2]) / 2;
    const qw = xquat[4 * mocapBody];
    const qx = xquat[4 * mocapBody + 1];
    const qy = xquat[4 * mocapBody + 2];
    const qz = xquat[4 * mocapBody + 3];
    const pw = w * qw - x * qx - y * qy - z * qz;
    const px = w * qx + x * qw + y * qz - z * qy;
    const py = w * qy - x * qz + y * qw + z * qx;
    const pz = w * qz + x * qy - y * qx + z * qw;
    const gw = xquat[4 * body];
    const gx = -xquat[4 * body + 1];
    const gy = -xquat[4 * body + 2];
    const gz = -xquat[4 * body + 3];
    residual[3] = -(gw * px + gx * pw + gy * pz - gz * py) / 2;
    residual[4] = -(gw * py - gx * pz + gy * pw + gz * px) / 2;
    residual[5] = -(gw * pz + gx * py - gy * px + gz * pw) / 2;
  }
}

/** Degrees of freedom that move a body. */
function degreesOfFreedom(model: MujocoModel, body: number): number[] {
  const parents = model.integers('body_parentid');
  const first = model.integers('body_dofadr');
  const count = model.integers('body_dofnum');
  const found: number[] = [];
  for (let at = body; at > 0; at = parents[at]) {
    for (let i = 0; i < count[at]; i++) found.push(first[at] + i);
  }
  return found;
}
