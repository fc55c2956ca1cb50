import { InputError } from '@understudy/errors';
import type { Color, Picture } from './picture.ts';

/** How {@link filmStrip} lays pictures out. */
export interface FilmStripOptions {
  /** Pictures in a row; all in one by default. */
  readonly columns?: number;
  /** Pixels between pictures; 4 by default. */
  readonly gap?: number;
  /** What shows between pictures; white by default. */
  readonly background?: Color;
}

/**
 * One picture of many, row by row from the top left.
 *
 * @throws InputError without pictures, for pictures of different sizes, and for wrong columns or gaps.
 */
export function filmStrip(pictures: readonly Picture[], options: FilmStripOptions = {}): Picture {
  if (pictures.length === 0) throw new InputError('a film strip needs at least one picture');
  const { columns = pictures.length, gap = 4, background = [255, 255, 255] } = options;
  if (!Number.isInteger(columns) || columns < 1) {
    throw new InputError(`columns of a film strip are a whole number of at least 1, got ${columns}`);
  }
  if (!Number.isInteger(gap) || gap < 0) {
    throw new InputError(`the gap of a film strip is a whole number of at least 0 pixels, got ${gap}`);
  }
  const [{ width, height }] = pictures;
  const across = Math.min(columns, pictures.length);
  const down = Math.ceil(pictures.length / columns);
  const whole = { width: across * (width + gap) - gap, height: down * (height + gap) - gap };
  const data = new Uint8Array(3 * whole.width * whole.height);
  for (let i = 0; i < data.length; i++) data[i] = background[i % 3];
  for (const [i, picture] of pictures.entries()) {
    if (picture.width !== width || picture.height !== height) {
      throw new InputError(
        `pictures of a film strip are of one size, but the first is ${width}x${height} and another ` +
          `${picture.width}x${picture.height}`,
      );
    }
    const left = (i % columns) * (width + gap);
    const top = Math.floor(i / columns) * (height + gap);
    for (let row = 0; row < height; row++) {
      const line = picture.data.subarray(3 * row * width, 3 * (row + 1) * width);
      data.set(line, 3 * ((top + row) * whole.width + left));
    }
  }
  return { ...whole, data };
}
