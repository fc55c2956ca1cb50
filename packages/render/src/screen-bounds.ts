import type { Camera } from './camera.ts';
import { dot } from './camera.ts';
import { nearDepth, type SolidScene, solidKind } from './solids.ts';

/** Part of the picture that a shape may touch, in slopes of rays ([left, right, bottom, top]); empty if left > right. */
export type SlopeBounds = Float64Array;

/**
 * The part of the picture that holds a shape.
 *
 * @param bounds - Gets it, `[4]`; infinite where the shape reaches past the eye.
 */
export function solidBounds(camera: Camera, scene: SolidScene, solid: number, bounds: SlopeBounds): void {
  const { kinds, sizes, positions, rotations } = scene;
  const at = 3 * solid;
  bounds[0] = bounds[2] = Number.POSITIVE_INFINITY;
  bounds[1] = bounds[3] = Number.NEGATIVE_INFINITY;
  const x = positions[at] - camera.position[0];
  const y = positions[at + 1] - camera.position[1];
  const z = positions[at + 2] - camera.position[2];
  const kind = kinds[solid];
  if (kind === solidKind.sphere) includeSphere(camera, x, y, z, sizes[at], bounds);
  else if (kind === solidKind.capsule) {
    for (let side = -1; side <= 1; side += 2) {
      const half = side * sizes[at + 1];
      const ax = x + half * rotations[9 * solid + 2];
      const ay = y + half * rotations[9 * solid + 5];
      const az = z + half * rotations[9 * solid + 8];
      includeSphere(camera, ax, ay, az, sizes[at], bounds);
    }
  } else if (kind === solidKind.plane) includeEverything(bounds);
  else includeBox(camera, scene, solid, [x, y, z], bounds);
}

function includeSphere(camera: Camera, x: number, y: number, z: number, radius: number, bounds: SlopeBounds): void {
  const offset = [x, y, z] as const;
  const depth = dot(offset, camera.forward);
  if (depth + radius <= nearDepth) return;
  if (depth - radius <= nearDepth) {
    includeEverything(bounds);
    return;
  }
  includeCircle(dot(offset, camera.right), depth, radius, bounds, 0);
  includeCircle(dot(offset, camera.up), depth, radius, bounds, 2);
}

/** Slopes of the two tangents from the origin to a circle around `(side, depth)`. */
function includeCircle(side: number, depth: number, radius: number, bounds: SlopeBounds, at: number): void {
  const spread = radius * Math.sqrt(side * side + depth * depth - radius * radius);
  const scale = 1 / (depth * depth - radius * radius);
  bounds[at] = Math.min(bounds[at], (side * depth - spread) * scale);
  bounds[at + 1] = Math.max(bounds[at + 1], (side * depth + spread) * scale);
}

/** The corners of the box around a box, cylinder or ellipsoid. */
function includeBox(
  camera: Camera,
  { kinds, sizes, rotations }: SolidScene,
  solid: number,
  centre: readonly [number, number, number],
  bounds: SlopeBounds,
): void {
  const at = 3 * solid;
  const round = kinds[solid] === solidKind.cylinder;
  const size = round ? [sizes[at], sizes[at], sizes[at + 1]] : [sizes[at], sizes[at + 1], sizes[at + 2]];
  let behind = 0;
  for (let corner = 0; corner < 8; corner++) {
    const point: [number, number, number] = [centre[0], centre[1], centre[2]];
    for (let axis = 0; axis < 3; axis++) {
      const reach = corner & (1 << axis) ? size[axis] : -size[axis];
      for (let row = 0; row < 3; row++) point[row] += reach * rotations[9 * solid + 3 * row + axis];
    }
    const depth = dot(point, camera.forward);
    if (depth <= nearDepth) {
      behind++;
      continue;
    }
    const u = dot(point, camera.right) / depth;
    const v = dot(point, camera.up) / depth;
    bounds[0] = Math.min(bounds[0], u);
    bounds[1] = Math.max(bounds[1], u);
    bounds[2] = Math.min(bounds[2], v);
    bounds[3] = Math.max(bounds[3], v);
  }
  if (behind > 0 && behind < 8) includeEverything(bounds);
}

function includeEverything(bounds: SlopeBounds): void {
  bounds[0] = bounds[2] = Number.NEGATIVE_INFINITY;
  bounds[1] = bounds[3] = Number.POSITIVE_INFINITY;
}
