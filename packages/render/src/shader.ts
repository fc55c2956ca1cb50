import { type Camera, unit, type Vector3 } from './camera.ts';
import { GroundShader } from './ground-shader.ts';
import type { PixelRun } from './pixel-run.ts';
import type { ShaderSettings } from './shader-settings.ts';
import type { ShadowMap } from './shadow-map.ts';
import { shadeSky } from './sky.ts';
import { frameSize } from './solid-frames.ts';
import { solidKind } from './solids.ts';
import { faceBits, faces, nothing, type Visibility } from './visibility.ts';

/** Shares of the light: all around, from above, from the eye, from the lamp, and its reflection. */
const ambient = 0.26;
const skylight = 0.16;
const headlight = 0.2;
const lamp = 0.52;
const gloss = 0.16;

/**
 * A light from above, the camera's left and behind it: what the camera sees is lit, and shadows fall where they show.
 */
export function lightBehind(camera: Camera): Vector3 {
  const [x, y] = unit([camera.right[0], camera.right[1], 0]);
  // `[-y, x]` is the horizontal direction of view.
  return unit([-0.4 * x + 0.35 * y, -0.4 * y - 0.35 * x, 1]);
}

/** Colours what rays hit, a run of pixels at a time: nothing is allocated or called for a single pixel. */
export class Shader {
  readonly #visibility: Visibility;
  readonly #shadows: ShadowMap;
  readonly #ground: GroundShader;
  /** Vertical parts of the camera's directions: forward, right, up. */
  readonly #vertical = new Float64Array(3);
  /** See {@link #findNormals}. */
  readonly #normals = new Float64Array(7);

  constructor(visibility: Visibility, shadows: ShadowMap) {
    this.#visibility = visibility;
    this.#shadows = shadows;
    this.#ground = new GroundShader(visibility, shadows);
  }

  /** Begins a picture; visibility and shadows are up to date. */
  begin(camera: Camera, settings: ShaderSettings): void {
    this.#ground.begin(settings);
    this.#vertical[0] = camera.forward[2];
    this.#vertical[1] = camera.right[2];
    this.#vertical[2] = camera.up[2];
  }

  /**
   * Colours a run of pixels.
   *
   * @param key - The shape and face that they show.
   * @param run - Its distances are known, but for the sky.
   * @param data - Gets red, green and blue of each pixel from index `at` on.
   */
  shade(key: number, run: PixelRun, data: Uint8Array, at: number): void {
    if (key === nothing) shadeSky(this.#vertical, this.#visibility.slope, run, data, at);
    else {
      const solid = key >> faceBits;
      const isPlane = this.#visibility.scene.kinds[solid] === solidKind.plane;
      if (isPlane) this.#ground.shade(solid, run, data, at);
      else this.#shadeShape(solid, key & (faces - 1), run, data, at);
    }
  }

  /** Light from all around, from the eye and from the lamp, and the lamp's reflection. */
  #shadeShape(solid: number, face: number, run: PixelRun, data: Uint8Array, at: number): void {
    this.#shadows.light(run, this.#visibility.slope);
    this.#findNormals(solid, face);
    const { scene, frames, slope } = this.#visibility;
    const { count, distances, light } = run;
    const normals = this.#normals;
    const scaleX = normals[0];
    const scaleY = normals[1];
    const scaleZ = normals[2];
    const half = normals[3];
    const flatX = normals[4];
    const flatY = normals[5];
    const flatZ = normals[6];
    const frame = frames.values;
    const first = frameSize * solid;
    const v = run.start[1];
    const rowX = frame[first + 3] + v * frame[first + 9];
    const rowY = frame[first + 4] + v * frame[first + 10];
    const rowZ = frame[first + 5] + v * frame[first + 11];
    const rightX = frame[first + 6];
    const rightY = frame[first + 7];
    const rightZ = frame[first + 8];
    const eyeX = frame[first];
    const eyeY = frame[first + 1];
    const eyeZ = frame[first + 2];
    const lightX = frame[first + 12];
    const lightY = frame[first + 13];
    const lightZ = frame[first + 14];
    const upX = frame[first + 15];
    const upY = frame[first + 16];
    const upZ = frame[first + 17];
    const red = 255 * scene.colors[4 * solid];
    const green = 255 * scene.colors[4 * solid + 1];
    const blue = 255 * scene.colors[4 * solid + 2];
    for (let i = 0, u = run.start[0], out = at; i < count; i++, u += slope, out += 3) {
      const t = distances[i];
      const dx = rowX + u * rightX;
      const dy = rowY + u * rightY;
      const dz = rowZ + u * rightZ;
      const z = eyeZ + t * dz;
      const beyond = z > half ? z - half : z < -half ? z + half : 0;
      const mx = flatX + scaleX * (eyeX + t * dx);
      const my = flatY + scaleY * (eyeY + t * dy);
      const mz = flatZ + scaleZ * beyond;
      const unitNormal = 1 / Math.sqrt(mx * mx + my * my + mz * mz);
      const towardsEye = -1 / Math.sqrt(1 + u * u + v * v);
      // Cosines between the normal and the vertical, the eye, the lamp, and between the last two.
      const above = unitNormal * (mx * upX + my * upY + mz * upZ);
      const toEye = unitNormal * towardsEye * (mx * dx + my * dy + mz * dz);
      const toLamp = unitNormal * (mx * lightX + my * lightY + mz * lightZ);
      let sum = ambient + skylight * (0.5 + 0.5 * above) + (toEye > 0 ? headlight * toEye : 0);
      let shine = 0.5;
      if (toLamp > 0) {
        const lit = light[i];
        sum += lamp * toLamp * lit;
        // Blinn's reflection: the normal against the middle between lamp and eye, to the 32nd power.
        const middle = toEye + toLamp;
        if (middle > 0) {
          shine = (middle * middle) / (2 + 2 * towardsEye * (lightX * dx + lightY * dy + lightZ * dz));
          shine *= shine;
          shine *= shine;
          shine *= shine;
          shine = 0.5 + shine * shine * (255 * gloss) * lit;
        }
      }
      const r = red * sum + shine;
      const g = green * sum + shine;
      const b = blue * sum + shine;
      data[out] = Math.min(r, 255);
      data[out + 1] = Math.min(g, 255);
      data[out + 2] = Math.min(b, 255);
    }
  }

  /**
   * Sets {@link #normals} so that one formula serves all shapes. The normal at `(x, y, z)` is along
   * `(flatX + scaleX x, flatY + scaleY y, flatZ + scaleZ z')`, `z'` being how far `z` lies beyond `±half`; the array holds
   * the scales, `half`, and the flat parts.
   */
  #findNormals(solid: number, face: number): void {
    const normals = this.#normals;
    const { kinds, sizes } = this.#visibility.scene;
    const kind = kinds[solid];
    const at = 3 * solid;
    normals.fill(0);
    if (face > 0) normals[4 + ((face - 1) % 3)] = face > 3 ? -1 : 1;
    else if (kind === solidKind.ellipsoid) {
      for (let axis = 0; axis < 3; axis++) normals[axis] = 1 / sizes[at + axis] ** 2;
    } else {
      normals[0] = normals[1] = 1;
      if (kind !== solidKind.cylinder) normals[2] = 1;
      if (kind === solidKind.capsule) normals[3] = sizes[at + 1];
    }
  }
}
