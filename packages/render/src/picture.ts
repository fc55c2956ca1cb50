import { InputError } from '@understudy/errors';

/** Red, green and blue, 0 to 255 each. */
export type Color = readonly [red: number, green: number, blue: number];

/** An RGB picture: `data` is `[height, width, 3]`, rows from top to bottom. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The smallest and largest side of a picture in pixels. */
const smallestSide = 16;
const largestSide = 4096;

/**
 * Checks the size of a picture to be drawn.
 *
 * @throws InputError if a side isn't a whole number of 16 to 4096 pixels.
 */
export function checkPictureSize(width: number, height: number): void {
  for (const [name, side] of [
    ['width', width],
    ['height', height],
  ] as const) {
    if (!Number.isInteger(side) || side < smallestSide || side > largestSide) {
      throw new InputError(
        `the ${name} of a picture is a whole number of ${smallestSide} to ${largestSide} pixels, got ${side}`,
      );
    }
  }
}
