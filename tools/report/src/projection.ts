import type { GeomRecord } from './input.ts';

/** A direction to look from: orthographic, as from far away. */
export interface View {
  /** Picture's right in the world, a unit vector. */
  right: readonly [number, number, number];
  /** Picture's up in the world, a unit vector. */
  up: readonly [number, number, number];
}

/** A geometry's outline in the picture: metres, x to the right and y up. */
export type Outline =
  | { kind: 'capsule'; x1: number; y1: number; x2: number; y2: number; radius: number }
  | { kind: 'circle'; x: number; y: number; radius: number }
  | { kind: 'polygon'; points: readonly (readonly [number, number])[] };

/** From the side: x to the right, z up, as MuJoCo's tracking cameras look at planar bodies. */
export const sideView: View = { right: [1, 0, 0], up: [0, 0, 1] };

/** From the side and a little above and ahead, for bodies that stretch in all directions. */
export const obliqueView: View = viewFrom(-25, 20);

/** The view after turning the side view by `azimuth` and raising it by `elevation`, in degrees. */
export function viewFrom(azimuth: number, elevation: number): View {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  return {
    right: [Math.cos(a), Math.sin(a), 0],
    up: [-Math.sin(a) * Math.sin(e), Math.cos(a) * Math.sin(e), Math.cos(e)],
  };
}

/** How far a point lies behind the picture plane; larger is farther away. */
export function depthOf(view: View, position: ArrayLike<number>): number {
  const [[a, b, c], [d, e, f]] = [view.right, view.up];
  const away = [c * e - b * f, a * f - c * d, b * d - a * e];
  return away[0] * position[0] + away[1] * position[1] + away[2] * position[2];
}

/** A world point in the picture. */
export function projectPoint(view: View, position: ArrayLike<number>): [number, number] {
  return [dot3(view.right, position), dot3(view.up, position)];
}

/**
 * The outline of a geometry.
 *
 * @param position - World position, 3 numbers.
 * @param rotation - World rotation matrix, 9 numbers row by row; its columns are the geometry's axes.
 * @returns Undefined for types without an outline of their own (planes, height fields, meshes).
 */
export function projectGeom(
  geom: GeomRecord,
  position: ArrayLike<number>,
  rotation: ArrayLike<number>,
  view: View,
): Outline | undefined {
  const [x, y] = projectPoint(view, position);
  const size = geom.size;
  const axes = [0, 1, 2].map((column) =>
    projectPoint(view, [rotation[column], rotation[3 + column], rotation[6 + column]]),
  );
  switch (geom.type) {
    case 'sphere':
      return { kind: 'circle', x, y, radius: size[0] };
    case 'capsule': {
      const [dx, dy] = [axes[2][0] * size[1], axes[2][1] * size[1]];
      return { kind: 'capsule', x1: x - dx, y1: y - dy, x2: x + dx, y2: y + dy, radius: size[0] };
    }
    case 'ellipsoid':
      return polygon(
        supportPoints((ux, uy) => ellipsoidSupport(axes, size, ux, uy)),
        x,
        y,
      );
    case 'cylinder':
      return polygon(
        supportPoints((ux, uy) => cylinderSupport(axes, size, ux, uy)),
        x,
        y,
      );
    case 'box':
      return polygon(
        supportPoints((ux, uy) => boxSupport(axes, size, ux, uy)),
        x,
        y,
      );
    default:
      return undefined;
  }
}

type Vector2 = [number, number];
type Support = (ux: number, uy: number) => Vector2;

/** The outline of a convex shape from its support function: the farthest point in each of 64 directions. */
function supportPoints(support: Support): Vector2[] {
  const points: Vector2[] = [];
  for (let i = 0; i < 64; i++) {
    const angle = ((i + 0.5) * Math.PI) / 32;
    const point = support(Math.cos(angle), Math.sin(angle));
    if (points.length === 0 || distance(point, points[points.length - 1]) > 1e-9) points.push(point);
  }
  if (points.length > 1 && distance(points[0], points[points.length - 1]) <= 1e-9) points.pop();
  return points;
}

function polygon(points: readonly Vector2[], x: number, y: number): Outline {
  return { kind: 'polygon', points: points.map(([dx, dy]) => [x + dx, y + dy] as const) };
}

/** `M Mᵀu / |Mᵀu|` with the columns of M the projected half-axes. */
function ellipsoidSupport(axes: readonly Vector2[], size: ArrayLike<number>, ux: number, uy: number): Vector2 {
  const reach = axes.map(([ax, ay], i) => (ax * ux + ay * uy) * size[i]);
  const norm = Math.hypot(...reach) || 1;
  return combine(
    axes,
    reach.map((value, i) => (value * size[i]) / norm),
  );
}

function boxSupport(axes: readonly Vector2[], size: ArrayLike<number>, ux: number, uy: number): Vector2 {
  return combine(
    axes,
    axes.map(([ax, ay], i) => sign(ax * ux + ay * uy) * size[i]),
  );
}

/** A disc of radius `size[0]` moved along the third axis by `size[1]` both ways. */
function cylinderSupport(axes: readonly Vector2[], size: ArrayLike<number>, ux: number, uy: number): Vector2 {
  const [a, b, c] = axes.map(([ax, ay]) => ax * ux + ay * uy);
  const norm = Math.hypot(a, b) || 1;
  return combine(axes, [(a / norm) * size[0], (b / norm) * size[0], sign(c) * size[1]]);
}

/** Sign with 0 for what is only rounding, so that an edge seen end on stays a point. */
function sign(value: number): number {
  return Math.abs(value) < 1e-12 ? 0 : Math.sign(value);
}

function combine(axes: readonly Vector2[], weights: readonly number[]): Vector2 {
  let [x, y] = [0, 0];
  for (let i = 0; i < 3; i++) {
    x += axes[i][0] * weights[i];
    y += axes[i][1] * weights[i];
  }
  return [x, y];
}

function distance(a: Vector2, b: Vector2): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function dot3(a: readonly number[], b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
