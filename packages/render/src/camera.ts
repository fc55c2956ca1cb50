/** A point or direction in the world. */
export type Vector3 = readonly [x: number, y: number, z: number];

/** A pinhole camera. Its three directions are of length 1 and at right angles. */
export interface Camera {
  readonly position: Vector3;
  readonly forward: Vector3;
  readonly right: Vector3;
  readonly up: Vector3;
  /** Vertical field of view, degrees. */
  readonly fieldOfView: number;
}

/** Where MuJoCo's free and tracking cameras stand. */
export interface FreeCameraOptions {
  /** The point in the middle of the picture. */
  readonly lookat: Vector3;
  /** From the camera to that point, metres. */
  readonly distance: number;
  /** Direction of view around z, degrees: 0 looks along x, 90 along y. */
  readonly azimuth: number;
  /** Degrees; negative ones look down. */
  readonly elevation: number;
  /** Degrees; 45 by default, as in MuJoCo. */
  readonly fieldOfView?: number;
}

/** A camera by MuJoCo's convention of distance, azimuth and elevation around a point. */
export function freeCamera(options: FreeCameraOptions): Camera {
  const { lookat, distance, fieldOfView = 45 } = options;
  const azimuth = (options.azimuth * Math.PI) / 180;
  const elevation = (options.elevation * Math.PI) / 180;
  const [ca, sa, ce, se] = [Math.cos(azimuth), Math.sin(azimuth), Math.cos(elevation), Math.sin(elevation)];
  const forward: Vector3 = [ce * ca, ce * sa, se];
  return {
    position: [lookat[0] - distance * forward[0], lookat[1] - distance * forward[1], lookat[2] - distance * forward[2]],
    forward,
    right: [sa, -ca, 0],
    up: [-se * ca, -se * sa, ce],
    fieldOfView,
  };
}

/**
 * A camera of a model: MuJoCo's look along their negative z axis with y up.
 *
 * @param position - `[3]`
 * @param rotation - Rows first, `[9]`
 * @param fieldOfView - Vertical, degrees.
 */
export function fixedCamera(position: ArrayLike<number>, rotation: ArrayLike<number>, fieldOfView: number): Camera {
  return {
    position: [position[0], position[1], position[2]],
    forward: [-rotation[2], -rotation[5], -rotation[8]],
    right: [rotation[0], rotation[3], rotation[6]],
    up: [rotation[1], rotation[4], rotation[7]],
    fieldOfView,
  };
}

/** The slopes across the picture that one pixel takes: a ray is `forward + u right + v up`, `u` in such slopes. */
export function pixelSlope(camera: Camera, height: number): number {
  return (2 * Math.tan((camera.fieldOfView * Math.PI) / 360)) / height;
}

/**
 * Where a point of the world appears, in pixels from the left and from the top, and how deep it lies, in metres along
 * the direction of view; the place is meaningless for depths of 0 and less.
 */
export function projectPoint(
  camera: Camera,
  point: Vector3,
  width: number,
  height: number,
): { x: number; y: number; depth: number } {
  const offset: Vector3 = [point[0] - camera.position[0], point[1] - camera.position[1], point[2] - camera.position[2]];
  const depth = dot(offset, camera.forward);
  const slope = pixelSlope(camera, height) * depth;
  return { x: width / 2 + dot(offset, camera.right) / slope, y: height / 2 - dot(offset, camera.up) / slope, depth };
}

/** Scalar product. */
export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** `vector` at length 1. */
export function unit(vector: Vector3): Vector3 {
  const length = Math.hypot(...vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
