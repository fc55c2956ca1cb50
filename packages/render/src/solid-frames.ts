import type { Camera, Vector3 } from './camera.ts';
import { dot } from './camera.ts';
import type { SolidScene } from './solids.ts';

/** Numbers of one shape in {@link SolidFrames}. */
export const frameSize = 18;

/**
 * The eye, the camera's directions, the light and the vertical, seen from the frame of each shape: a ray through the
 * picture is then a sum of three vectors, and shapes are intersected and lit without turning anything.
 */
export class SolidFrames {
  /** Eye, forward, right, up, towards the light, world's up: `[n, 6, 3]`. */
  readonly values: Float64Array;

  constructor(count: number) {
    this.values = new Float64Array(count * frameSize);
  }

  /** Fills the values for a picture. */
  update(scene: SolidScene, camera: Camera, toLight: Vector3): void {
    const { values } = this;
    const { positions, rotations } = scene;
    const up: Vector3 = [0, 0, 1];
    const directions = [camera.forward, camera.right, camera.up, toLight, up];
    for (let solid = 0; solid < scene.kinds.length; solid++) {
      const eye: Vector3 = [
        camera.position[0] - positions[3 * solid],
        camera.position[1] - positions[3 * solid + 1],
        camera.position[2] - positions[3 * solid + 2],
      ];
      for (let axis = 0; axis < 3; axis++) {
        const r = 9 * solid + axis;
        const column: Vector3 = [rotations[r], rotations[r + 3], rotations[r + 6]];
        let out = frameSize * solid + axis;
        values[out] = dot(eye, column);
        for (const direction of directions) {
          out += 3;
          values[out] = dot(direction, column);
        }
      }
    }
  }

  /** Sets `ray` to the ray through the picture with the slopes `ray[6]` and `ray[7]`, in the frame of a shape. */
  castRay(solid: number, ray: Float64Array): void {
    const { values } = this;
    const at = frameSize * solid;
    const u = ray[6];
    const v = ray[7];
    ray[0] = values[at];
    ray[1] = values[at + 1];
    ray[2] = values[at + 2];
    ray[3] = values[at + 3] + u * values[at + 6] + v * values[at + 9];
    ray[4] = values[at + 4] + u * values[at + 7] + v * values[at + 10];
    ray[5] = values[at + 5] + u * values[at + 8] + v * values[at + 11];
  }
}
