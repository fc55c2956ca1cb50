import type { MujocoModel } from './engine/model.ts';
import type { Simulation } from './engine/simulation.ts';

/** 0, 1, 2 for x, y, z. */
type Axis = 0 | 1 | 2;

/**
 * Where the mass of all bodies of a model is centred and how it moves. Both follow from arrays that MuJoCo computes in
 * {@link Simulation.forward} and within a step: after a step they lag a fraction of it behind the state.
 */
export class CentreOfMass {
  readonly #masses: Float64Array;
  readonly #totalMass: number;
  /** Of each body, the first body of its tree, about whose centre of mass `cvel` tells velocities. */
  readonly #roots: Int32Array;

  constructor(model: MujocoModel) {
    this.#masses = model.doubles('body_mass').slice();
    this.#totalMass = this.#masses.reduce((sum, mass) => sum + mass, 0);
    this.#roots = model.integers('body_rootid').slice();
  }

  /** One coordinate, m. */
  position({ xipos }: Simulation, axis: Axis): number {
    const masses = this.#masses;
    let sum = 0;
    for (let body = 0; body < masses.length; body++) sum += masses[body] * xipos[3 * body + axis];
    return sum / this.#totalMass;
  }

  /** One component of the velocity, m/s. */
  velocity({ xipos, subtree_com, cvel }: Simulation, axis: Axis): number {
    const masses = this.#masses;
    const next = (axis + 1) % 3;
    const last = (axis + 2) % 3;
    let sum = 0;
    for (let body = 0; body < masses.length; body++) {
      const at = 3 * body;
      const about = 3 * this.#roots[body];
      const turn = 6 * body;
      const rotation =
        cvel[turn + next] * (xipos[at + last] - subtree_com[about + last]) -
        cvel[turn + last] * (xipos[at + next] - subtree_com[about + next]);
      sum += masses[body] * (cvel[turn + 3 + axis] + rotation);
    }
    return sum / this.#totalMass;
  }
}
