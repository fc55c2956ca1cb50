import { squareWaveMean } from './checkerboard.ts';
import type { PixelRun } from './pixel-run.ts';
import type { ShaderSettings } from './shader-settings.ts';
import type { ShadowMap } from './shadow-map.ts';
import { horizon } from './sky.ts';
import { frameSize } from './solid-frames.ts';
import type { Visibility } from './visibility.ts';

/** How much darker the dark squares of a ground are. */
const checkerContrast = 0.2;
/** The share of a ground's light that shadows take. */
const groundShade = 0.4;

/** Colours planes: a checkerboard in one colour, with shadows on it, that fades into the horizon. */
export class GroundShader {
  readonly #visibility: Visibility;
  readonly #shadows: ShadowMap;
  #settings: ShaderSettings = { checker: 1, fade: 1 };

  constructor(visibility: Visibility, shadows: ShadowMap) {
    this.#visibility = visibility;
    this.#shadows = shadows;
  }

  /** Begins a picture. */
  begin(settings: ShaderSettings): void {
    this.#settings = settings;
  }

  /** See {@link Shader.shade}. */
  shade(solid: number, run: PixelRun, data: Uint8Array, at: number): void {
    this.#shadows.light(run, this.#visibility.slope);
    this.#drawSquares(solid, run);
    this.#fade(solid, run, data, at);
  }

  /** Lays the checkerboard over the light. Lengths on the plane are in squares here. */
  #drawSquares(solid: number, { count, start, distances, light }: PixelRun): void {
    const { frames, slope } = this.#visibility;
    const { checker } = this.#settings;
    const frame = frames.values;
    const first = frameSize * solid;
    const eyeX = frame[first] / checker;
    const eyeY = frame[first + 1] / checker;
    const scale = 1 / checker;
    const height = -1 / frame[first + 2];
    const rightX = frame[first + 6];
    const rightY = frame[first + 7];
    const rightZ = frame[first + 8];
    const upX = frame[first + 9];
    const upY = frame[first + 10];
    const upZ = frame[first + 11];
    const v = start[1];
    const rowX = frame[first + 3] + v * upX;
    const rowY = frame[first + 4] + v * upY;
    for (let i = 0, u = start[0]; i < count; i++, u += slope) {
      const metres = distances[i];
      const t = metres * scale;
      const dx = rowX + u * rightX;
      const dy = rowY + u * rightY;
      // How far the point moves over the plane from one pixel to the next, to the right and upwards.
      const step = t * slope;
      const alongX = dx * metres * height;
      const alongY = dy * metres * height;
      const acrossX = Math.abs(rightX - alongX * rightZ);
      const acrossY = Math.abs(rightY - alongY * rightZ);
      const awayX = Math.abs(upX - alongX * upZ);
      const awayY = Math.abs(upY - alongY * upZ);
      const widthX = step * Math.max(acrossX, awayX) + 1e-9;
      const widthY = step * Math.max(acrossY, awayY) + 1e-9;
      const mean = squareWaveMean(eyeX + t * dx, widthX) * squareWaveMean(eyeY + t * dy, widthY);
      light[i] = (1 - groundShade * (1 - light[i])) * (1 - checkerContrast * (0.5 - 0.5 * mean));
    }
  }

  #fade(solid: number, { count, start, distances, light }: PixelRun, data: Uint8Array, at: number): void {
    const { scene, slope } = this.#visibility;
    const { fade } = this.#settings;
    const scale = 1 / (fade * fade);
    const farRed = horizon[0];
    const farGreen = horizon[1];
    const farBlue = horizon[2];
    const red = 255 * Math.min(1, scene.colors[4 * solid]);
    const green = 255 * Math.min(1, scene.colors[4 * solid + 1]);
    const blue = 255 * Math.min(1, scene.colors[4 * solid + 2]);
    const row = 1 + start[1] * start[1];
    for (let i = 0, u = start[0], out = at; i < count; i++, u += slope, out += 3) {
      const t = distances[i];
      const distance = t * t * (row + u * u) * scale;
      const clear = 1 / (1 + distance);
      const own = clear * light[i];
      const haze = 1 - clear;
      data[out] = red * own + haze * farRed + 0.5;
      data[out + 1] = green * own + haze * farGreen + 0.5;
      data[out + 2] = blue * own + haze * farBlue + 0.5;
    }
  }
}
