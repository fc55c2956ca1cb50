import { geomTypes } from './engine/element-types.ts';
import type { MujocoModel } from './engine/model.ts';

/** Where a model's shapes stand as it is written, before anything moves: what cameras are placed by. */
export interface RestGeometry {
  /** Whether each body can move, `[nbody]`. */
  readonly moving: readonly boolean[];
  /** Around the moving shapes; around all of them, planes aside. Null where there are none. */
  readonly movingBox: Box | null;
  readonly wholeBox: Box | null;
  /** Whether shapes other than planes stand still: walls, rails, tables. */
  readonly hasScenery: boolean;
}

/** An upright box. */
export interface Box {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** Finds the rest geometry from the bodies' written poses; visible shapes only. */
export function restGeometry(model: MujocoModel, isVisible: (geom: number) => boolean): RestGeometry {
  const { moving, positions, rotations } = restBodies(model);
  const geomBody = model.integers('geom_bodyid');
  const geomPosition = model.doubles('geom_pos');
  const geomQuaternion = model.doubles('geom_quat');
  const type = model.integers('geom_type');
  // Boxes in the geoms' frames: centre, then half sizes.
  const bounds = model.doubles('geom_aabb');
  let movingBox: Box | null = null;
  let wholeBox: Box | null = null;
  let hasScenery = false;
  for (let geom = 0; geom < geomBody.length; geom++) {
    if (!isVisible(geom) || type[geom] === geomTypes.indexOf('plane')) continue;
    const body = geomBody[geom];
    const turn = product(rotations[body], matrix(geomQuaternion.subarray(4 * geom, 4 * geom + 4)));
    const place = rotate(rotations[body], geomPosition.subarray(3 * geom, 3 * geom + 3));
    const offset = rotate(turn, bounds.subarray(6 * geom, 6 * geom + 3));
    const reach = rotate(turn.map(Math.abs), bounds.subarray(6 * geom + 3, 6 * geom + 6));
    const centre = positions[body].map((value, axis) => value + place[axis] + offset[axis]);
    wholeBox = grow(wholeBox, centre, reach);
    if (moving[body]) movingBox = grow(movingBox, centre, reach);
    else hasScenery = true;
  }
  return { moving, movingBox, wholeBox, hasScenery };
}

function restBodies(model: MujocoModel) {
  const parent = model.integers('body_parentid');
  const joints = model.integers('body_jntnum');
  const position = model.doubles('body_pos');
  const quaternion = model.doubles('body_quat');
  const moving: boolean[] = [];
  const positions: number[][] = [];
  const rotations: number[][] = [];
  for (let body = 0; body < parent.length; body++) {
    const above = body === 0 ? undefined : parent[body];
    const own = matrix(quaternion.subarray(4 * body, 4 * body + 4));
    const offset = position.subarray(3 * body, 3 * body + 3);
    moving.push(joints[body] > 0 || (above !== undefined && moving[above]));
    if (above === undefined) {
      positions.push(Array.from(offset));
      rotations.push(own);
    } else {
      positions.push(rotate(rotations[above], offset).map((value, axis) => value + positions[above][axis]));
      rotations.push(product(rotations[above], own));
    }
  }
  return { moving, positions, rotations };
}

function grow(box: Box | null, centre: readonly number[], reach: readonly number[]): Box {
  const bound = (axis: 0 | 1 | 2, side: -1 | 1): number => {
    const own = centre[axis] + side * reach[axis];
    if (box === null) return own;
    return side < 0 ? Math.min(own, box.low[axis]) : Math.max(own, box.high[axis]);
  };
  return {
    low: [bound(0, -1), bound(1, -1), bound(2, -1)],
    high: [bound(0, 1), bound(1, 1), bound(2, 1)],
  };
}

/** The rotation matrix of a quaternion, real part first; rows first. */
function matrix([w, x, y, z]: ArrayLike<number> & Iterable<number>): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

function rotate(m: readonly number[], v: ArrayLike<number>): number[] {
  return [0, 3, 6].map((row) => m[row] * v[0] + m[row + 1] * v[1] + m[row + 2] * v[2]);
}

function product(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, i) => {
    const row = i - (i % 3);
    const column = i % 3;
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
}
