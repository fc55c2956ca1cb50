import { type Camera, dot, type Vector3 } from './camera.ts';
import type { PixelRun } from './pixel-run.ts';
import { boundingRadius, enterSolid, type SolidScene, solidKind } from './solids.ts';

/** Texels along a side of the map. */
const side = 256;
/** How far a point may lie below the map's height and still be lit, texels: a surface doesn't shade itself. */
const bias = 2.5;

/**
 * How high the shapes reach towards the light, over a square at right angles to it: what lies clearly below is in the
 * shade. Planes and what lets light through throw no shadow.
 */
export class ShadowMap {
  /** In texels, as everything here that has no other unit. */
  readonly #heights = new Float32Array(side * side);
  readonly #ray = new Float64Array(6);
  readonly #hit = new Float64Array(2);
  /** Unit vectors: two across the map and one towards the light. */
  readonly #across: [Vector3, Vector3, Vector3] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  /** Of the map's first texel along the two directions across. */
  readonly #origin = [0, 0, 0];
  /** Metres. */
  #texel = 1;
  /** Texels that may hold anything: first column, end column, first row, end row. */
  readonly #used = new Int32Array(4);
  /** Eye, forward, right and up of the camera along the map's columns, rows and heights, `[3, 4]`. */
  readonly #view = new Float64Array(12);

  /**
   * Draws the map.
   *
   * @param toLight - Unit vector.
   * @param focus - The middle of the square, which reaches `radius` metres to each side.
   */
  draw(scene: SolidScene, camera: Camera, toLight: Vector3, focus: Vector3, radius: number): void {
    const first = perpendicular(toLight);
    this.#across[0] = first;
    this.#across[1] = cross(toLight, first);
    this.#across[2] = toLight;
    this.#texel = (2 * radius) / side;
    // Whole texels, so that edges of shadows don't swim while the camera moves.
    for (let axis = 0; axis < 2; axis++) {
      this.#origin[axis] = Math.floor((dot(focus, this.#across[axis]) - radius) / this.#texel);
    }
    this.#follow(camera);
    this.#used.set([side, 0, side, 0]);
    this.#heights.fill(Number.NEGATIVE_INFINITY);
    for (let solid = 0; solid < scene.kinds.length; solid++) {
      const opaque = scene.colors[4 * solid + 3] >= 1;
      if (opaque && scene.kinds[solid] !== solidKind.plane) this.#drawSolid(scene, solid);
    }
  }

  /** Finds how much light reaches each point of a run. */
  light({ count, start, distances, light }: PixelRun, slope: number): void {
    const heights = this.#heights;
    const view = this.#view;
    const used = this.#used;
    // Beyond the outermost texels there is nothing to compare with.
    const left = Math.max(1, used[0] - 1);
    const right = Math.min(side - 1, used[1] + 1);
    const top = Math.max(1, used[2] - 1);
    const bottom = Math.min(side - 1, used[3] + 1);
    const eyeX = view[0];
    const eyeY = view[4];
    const eyeZ = view[8] + bias;
    const rightX = view[2];
    const rightY = view[6];
    const rightZ = view[10];
    const v = start[1];
    const rowX = view[1] + v * view[3];
    const rowY = view[5] + v * view[7];
    const rowZ = view[9] + v * view[11];
    for (let i = 0, u = start[0]; i < count; i++, u += slope) {
      const t = distances[i];
      const x = eyeX + t * (rowX + u * rightX);
      const y = eyeY + t * (rowY + u * rightY);
      if (!(x >= left && x < right && y >= top && y < bottom)) {
        light[i] = 1;
        continue;
      }
      const height = eyeZ + t * (rowZ + u * rightZ);
      const column = x | 0;
      const row = y | 0;
      // A quadratic spline over three by three texels: soft edges without steps.
      const fx = x - column;
      const fy = y - row;
      const ax = 0.5 * (1 - fx) * (1 - fx);
      const cx = 0.5 * fx * fx;
      const bx = 1 - ax - cx;
      const ay = 0.5 * (1 - fy) * (1 - fy);
      const cy = 0.5 * fy * fy;
      const by = 1 - ay - cy;
      let shade = 0;
      let texel = (row - 1) * side + column;
      if (heights[texel - 1] > height) shade += ax * ay;
      if (heights[texel] > height) shade += bx * ay;
      if (heights[texel + 1] > height) shade += cx * ay;
      texel += side;
      if (heights[texel - 1] > height) shade += ax * by;
      if (heights[texel] > height) shade += bx * by;
      if (heights[texel + 1] > height) shade += cx * by;
      texel += side;
      if (heights[texel - 1] > height) shade += ax * cy;
      if (heights[texel] > height) shade += bx * cy;
      if (heights[texel + 1] > height) shade += cx * cy;
      light[i] = 1 - shade;
    }
  }

  #follow(camera: Camera): void {
    const directions = [camera.position, camera.forward, camera.right, camera.up];
    for (let axis = 0; axis < 3; axis++) {
      const own = this.#across[axis];
      for (let i = 0; i < 4; i++) this.#view[4 * axis + i] = dot(directions[i], own) / this.#texel;
      this.#view[4 * axis] -= this.#origin[axis];
    }
  }

  #drawSolid({ kinds, sizes, positions, rotations }: SolidScene, solid: number): void {
    const heights = this.#heights;
    const texel = this.#texel;
    const ray = this.#ray;
    const hit = this.#hit;
    const at = 3 * solid;
    const kind = kinds[solid];
    const centre: Vector3 = [positions[at], positions[at + 1], positions[at + 2]];
    // Columns of the rotation are the shape's axes, so products with them bring a vector into its frame.
    const axes = [0, 1, 2].map((axis): Vector3 => {
      const r = 9 * solid + axis;
      return [rotations[r], rotations[r + 3], rotations[r + 6]];
    });
    const [a0, a1, a2] = this.#across.map((direction) => axes.map((axis) => dot(direction, axis)));
    const x = dot(centre, this.#across[0]) / texel - this.#origin[0];
    const y = dot(centre, this.#across[1]) / texel - this.#origin[1];
    const reachX = reachAlong(kind, sizes, at, a0) / texel;
    const reachY = reachAlong(kind, sizes, at, a1) / texel;
    const left = Math.max(0, Math.floor(x - reachX));
    const right = Math.min(side, Math.ceil(x + reachX));
    const top = Math.max(0, Math.floor(y - reachY));
    const bottom = Math.min(side, Math.ceil(y + reachY));
    if (!(left < right && top < bottom)) return;
    this.#use(left, right, top, bottom);
    // Rays start outside the shape.
    const away = boundingRadius(kind, sizes, at) + 1;
    const base = (dot(centre, this.#across[2]) + away) / texel;
    const perTexel = 1 / texel;
    for (let axis = 0; axis < 3; axis++) ray[3 + axis] = -a2[axis];
    for (let row = top; row < bottom; row++) {
      const dy = (row + 0.5 - y) * texel;
      for (let column = left; column < right; column++) {
        const dx = (column + 0.5 - x) * texel;
        ray[0] = dx * a0[0] + dy * a1[0] + away * a2[0];
        ray[1] = dx * a0[1] + dy * a1[1] + away * a2[1];
        ray[2] = dx * a0[2] + dy * a1[2] + away * a2[2];
        if (!enterSolid(kind, sizes, at, ray, hit)) continue;
        const i = row * side + column;
        const height = base - hit[0] * perTexel;
        if (height > heights[i]) heights[i] = height;
      }
    }
  }

  #use(left: number, right: number, top: number, bottom: number): void {
    const used = this.#used;
    used[0] = Math.min(used[0], left);
    used[1] = Math.max(used[1], right);
    used[2] = Math.min(used[2], top);
    used[3] = Math.max(used[3], bottom);
  }
}

/** Half of a shape's extent along a unit vector in its frame, or somewhat more. */
function reachAlong(kind: number, sizes: Float64Array, at: number, direction: readonly number[]): number {
  const x = direction[0];
  const y = direction[1];
  const z = direction[2];
  const first = sizes[at];
  const second = sizes[at + 1];
  switch (kind) {
    case solidKind.sphere:
      return first;
    case solidKind.capsule:
      return first + second * Math.abs(z);
    case solidKind.cylinder:
      return first * Math.hypot(x, y) + second * Math.abs(z);
    case solidKind.ellipsoid:
      return Math.hypot(first * x, second * y, sizes[at + 2] * z);
    default:
      return first * Math.abs(x) + second * Math.abs(y) + sizes[at + 2] * Math.abs(z);
  }
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function perpendicular(vector: Vector3): Vector3 {
  const other: Vector3 = Math.abs(vector[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const result = cross(other, vector);
  const scale = 1 / Math.hypot(...result);
  return [result[0] * scale, result[1] * scale, result[2] * scale];
}
