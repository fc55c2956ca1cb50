import { InputError } from '@understudy/errors';
import { compressLzw } from './lzw.ts';
import { choosePalette, type Palette } from './palette.ts';
import type { Picture } from './picture.ts';

/** How {@link encodeGif} writes an animation. */
export interface GifOptions {
  /** Pictures a second, above 0 to 50: browsers slow down what is faster. */
  readonly fps: number;
  /** Times to play, 0 for ever (the default). */
  readonly loops?: number;
  /** Called after each frame with the number of those written. */
  readonly onFrame?: (written: number) => void;
}

/** Part of a picture, pixels. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const fastest = 50;
/** Bits of a palette index, and the one that leaves a pixel as it was. */
const depth = 8;
const transparent = 255;

/**
 * Pictures as an animated GIF. One palette of 255 colours serves all; after the first, a frame holds only the rectangle
 * that changed, and in it only the pixels that changed.
 *
 * @throws InputError without pictures, for pictures of different sizes, and for a rate GIF can't show.
 */
export function encodeGif(pictures: readonly Picture[], options: GifOptions): Uint8Array {
  const { fps, loops = 0, onFrame } = options;
  checkPictures(pictures);
  if (!(fps > 0 && fps <= fastest)) {
    throw new InputError(`a GIF shows more than 0 and at most ${fastest} pictures a second, got ${fps}`);
  }
  if (!Number.isInteger(loops) || loops < 0 || loops > 65_535) {
    throw new InputError(`a GIF is played a whole number of 0 to 65535 times, 0 for ever, got ${loops}`);
  }
  const palette = choosePalette(pictures, transparent);
  const parts = [header(pictures[0], palette, loops)];
  let shown: Uint8Array | undefined;
  for (const [i, picture] of pictures.entries()) {
    const indices = paletteIndices(picture, palette);
    // Hundredths of a second, rounded so that errors don't add up.
    const delay = Math.round(((i + 1) * 100) / fps) - Math.round((i * 100) / fps);
    parts.push(...frame(indices, shown, picture, delay));
    shown = indices;
    onFrame?.(i + 1);
  }
  parts.push(Uint8Array.of(0x3b));
  return Buffer.concat(parts);
}

function checkPictures(pictures: readonly Picture[]): void {
  if (pictures.length === 0) throw new InputError('an animation needs at least one picture');
  const [{ width, height }] = pictures;
  const other = pictures.find((picture) => picture.width !== width || picture.height !== height);
  if (other !== undefined) {
    throw new InputError(
      `pictures of an animation are of one size, but the first is ${width}x${height} and another ` +
        `${other.width}x${other.height}`,
    );
  }
}

function header({ width, height }: Picture, palette: Palette, loops: number): Uint8Array {
  const colors = new Uint8Array(3 << depth);
  colors.set(palette.colors);
  return Buffer.concat([
    Buffer.from('GIF89a', 'latin1'),
    // A global palette of 2^(7+1) colours; background colour 0; square pixels.
    Uint8Array.of(...word(width), ...word(height), 0xf7, 0, 0),
    colors,
    Uint8Array.of(0x21, 0xff, 11),
    Buffer.from('NETSCAPE2.0', 'latin1'),
    Uint8Array.of(3, 1, ...word(loops), 0),
  ]);
}

function paletteIndices({ data }: Picture, palette: Palette): Uint8Array {
  const indices = new Uint8Array(data.length / 3);
  for (let i = 0, from = 0; i < indices.length; i++, from += 3) {
    indices[i] = palette.indexOf(data[from], data[from + 1], data[from + 2]);
  }
  return indices;
}

/** A frame's blocks; what is shown already is left out. */
function frame(indices: Uint8Array, shown: Uint8Array | undefined, picture: Picture, delay: number): Uint8Array[] {
  const area = shown === undefined ? wholeArea(picture) : changedArea(indices, shown, picture);
  const content = new Uint8Array(area.width * area.height);
  for (let row = 0, to = 0; row < area.height; row++) {
    const from = (area.top + row) * picture.width + area.left;
    for (let column = 0; column < area.width; column++, to++) {
      const index = indices[from + column];
      content[to] = shown !== undefined && shown[from + column] === index ? transparent : index;
    }
  }
  return [
    // Graphic control: keep what is there, with a transparent colour.
    Uint8Array.of(0x21, 0xf9, 4, 0x05, ...word(delay), transparent, 0),
    Uint8Array.of(0x2c, ...word(area.left), ...word(area.top), ...word(area.width), ...word(area.height), 0, depth),
    ...blocks(compressLzw(content, depth)),
  ];
}

function wholeArea({ width, height }: Picture): Area {
  return { left: 0, top: 0, width, height };
}

/** The rectangle around all pixels that differ; a single pixel where none does. */
function changedArea(indices: Uint8Array, shown: Uint8Array, { width, height }: Picture): Area {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (indices[i] === shown[i]) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = row;
    }
  }
  if (right < 0) return { left: 0, top: 0, width: 1, height: 1 };
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Blocks of up to 255 bytes behind their lengths, and an empty one. */
function* blocks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 255) {
    const block = bytes.subarray(from, from + 255);
    yield Uint8Array.of(block.length);
    yield block;
  }
  yield Uint8Array.of(0);
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
