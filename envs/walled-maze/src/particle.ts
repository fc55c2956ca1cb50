import { type MazeLayout, particleRadius, wallRadius } from './layout.ts';

/** Closest that the particle's centre comes to the centre line of a wall, metres. */
export const contactDistance = particleRadius + wallRadius;
/** Seconds of a step of the integrator, and how many make one of the environment. */
export const timestep = 0.01;
export const frameSkip = 5;
/** Kilograms: a ball of water. */
const mass = 1000 * (4 / 3) * Math.PI * particleRadius ** 3;
/** Newtons a metre a second. */
const damping = 1;
const keep = mass / (mass + timestep * damping);
const drive = timestep / (mass + timestep * damping);

/** What a particle's steps need of a layout, flat. */
interface Geometry {
  readonly force: number;
  /** Bounds of the centre: least x, greatest x, least y, greatest y; `[4]`. */
  readonly bounds: Float64Array;
  /** Inner walls: x1, x2, y of each; `[walls, 3]`. */
  readonly walls: Float64Array;
}

const geometries = new WeakMap<MazeLayout, Geometry>();

/** The geometry of a layout, shared by all particles in it. */
function geometryOf(layout: MazeLayout): Geometry {
  const known = geometries.get(layout);
  if (known) return known;
  const { left, right, bottom, top, walls, force } = layout;
  const geometry = {
    force,
    bounds: Float64Array.of(left, right, bottom, top).map((line, i) => line + (i % 2 === 0 ? 1 : -1) * contactDistance),
    walls: Float64Array.from(walls.flatMap(({ x1, x2, y }) => [x1, x2, y])),
  };
  geometries.set(layout, geometry);
  return geometry;
}

/**
 * A ball that slides in a maze: Euler's method with implicit damping, as MuJoCo integrates it, and hard walls without
 * friction or bounce. A contact moves the ball out along the wall's normal and takes the velocity into the wall, so that
 * it slides along walls and round their ends.
 *
 * A speed of `force / damping` on each axis is never exceeded. In one timestep that is less than the contact distance,
 * so a ball can't get to the other side of a wall between two of them.
 */
export class Particle {
  /** Position and velocity: x, y, vx, vy; `[4]`, metres and metres a second. */
  readonly state = new Float64Array(4);
  readonly #geometry: Geometry;

  constructor(layout: MazeLayout) {
    this.#geometry = geometryOf(layout);
  }

  /** Moves for one step of the environment under an action, `[2]`, clipped to [-1, 1]. */
  advance(action: Float32Array): void {
    const { state } = this;
    const { force } = this.#geometry;
    const forceX = force * Math.max(-1, Math.min(1, action[0]));
    const forceY = force * Math.max(-1, Math.min(1, action[1]));
    for (let k = 0; k < frameSkip; k++) {
      state[2] = keep * state[2] + drive * forceX;
      state[3] = keep * state[3] + drive * forceY;
      state[0] += timestep * state[2];
      state[1] += timestep * state[3];
      this.#leaveInnerWalls();
      this.#stayInside();
    }
  }

  #leaveInnerWalls(): void {
    const { state } = this;
    const { walls } = this.#geometry;
    for (let i = 0; i < walls.length; i += 3) {
      const dy = state[1] - walls[i + 2];
      if (dy >= contactDistance || dy <= -contactDistance) continue;
      const x = state[0];
      const dx = x < walls[i] ? x - walls[i] : x > walls[i + 1] ? x - walls[i + 1] : 0;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance >= contactDistance) continue;
      const nx = dx / distance;
      const ny = dy / distance;
      state[0] += (contactDistance - distance) * nx;
      state[1] += (contactDistance - distance) * ny;
      const into = state[2] * nx + state[3] * ny;
      if (into >= 0) continue;
      state[2] -= into * nx;
      state[3] -= into * ny;
    }
  }

  /** The outer walls, which are level or upright: each axis on its own. */
  #stayInside(): void {
    const { state } = this;
    const { bounds } = this.#geometry;
    for (let axis = 0; axis < 2; axis++) {
      const least = bounds[2 * axis];
      const greatest = bounds[2 * axis + 1];
      if (state[axis] < least) {
        state[axis] = least;
        state[axis + 2] = Math.max(0, state[axis + 2]);
      } else if (state[axis] > greatest) {
        state[axis] = greatest;
        state[axis + 2] = Math.min(0, state[axis + 2]);
      }
    }
  }
}
