import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32.ts';
import type { Picture } from './picture.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** PNG's filter that stores differences from the Paeth predictor, and the one that stores bytes as they are. */
const noFilter = 0;
const paethFilter = 4;

/** A picture as a PNG file: 8 bits a channel, no transparency, without loss. */
export function encodePng(picture: Picture): Uint8Array {
  const { width, height } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // 8 bits, RGB, and the only compression, filtering and order that are common.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', smallest(picture)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Flat drawings pack best unfiltered, shaded ones as differences: the smaller of the two is taken. */
function smallest(picture: Picture): Uint8Array {
  const plain = deflateSync(scanlines(picture, noFilter));
  const filtered = deflateSync(scanlines(picture, paethFilter));
  return filtered.length < plain.length ? filtered : plain;
}

/** The rows, each behind the number of its filter. */
function scanlines({ width, height, data }: Picture, filter: number): Uint8Array {
  const stride = 3 * width;
  const lines = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    const from = row * stride;
    const to = row * (stride + 1);
    lines[to] = filter;
    if (filter === noFilter) lines.set(data.subarray(from, from + stride), to + 1);
    else {
      for (let i = 0; i < stride; i++) {
        const left = i < 3 ? 0 : data[from + i - 3];
        const above = row === 0 ? 0 : data[from + i - stride];
        const aboveLeft = i < 3 || row === 0 ? 0 : data[from + i - stride - 3];
        lines[to + 1 + i] = data[from + i] - paeth(left, above, aboveLeft);
      }
    }
  }
  return lines;
}

/** Whichever neighbour is nearest to `left + above - aboveLeft`. */
function paeth(left: number, above: number, aboveLeft: number): number {
  const toLeft = Math.abs(above - aboveLeft);
  const toAbove = Math.abs(left - aboveLeft);
  const toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(Buffer.from(type, 'latin1'), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
