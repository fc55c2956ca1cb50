import type { Vector3 } from './camera.ts';
import type { PixelRun } from './pixel-run.ts';

/** Colours of the sky at the horizon and straight up, 0 to 255. */
export const horizon: Vector3 = [0.87 * 255, 0.91 * 255, 0.95 * 255];
const zenith: Vector3 = [0.42 * 255, 0.6 * 255, 0.8 * 255];

/**
 * Colours pixels that show the sky.
 *
 * @param vertical - Vertical parts of the camera's directions: forward, right, up.
 * @param slope - From one pixel to the next.
 */
export function shadeSky(vertical: Float64Array, slope: number, run: PixelRun, data: Uint8Array, at: number): void {
  const v = run.start[1];
  const rowRise = vertical[0] + v * vertical[2];
  const rightRise = vertical[1];
  // Bytes are cut off, so that half of one makes it the nearest.
  const red = horizon[0] + 0.5;
  const green = horizon[1] + 0.5;
  const blue = horizon[2] + 0.5;
  const toRed = zenith[0] - horizon[0];
  const toGreen = zenith[1] - horizon[1];
  const toBlue = zenith[2] - horizon[2];
  const end = at + 3 * run.count;
  for (let out = at, u = run.start[0]; out < end; out += 3, u += slope) {
    const rise = rowRise + u * rightRise;
    const share = rise > 0 ? Math.sqrt(rise / Math.sqrt(1 + v * v + u * u)) : 0;
    data[out] = red + share * toRed;
    data[out + 1] = green + share * toGreen;
    data[out + 2] = blue + share * toBlue;
  }
}
