import type { Picture } from '../picture.ts';

/** An animation as a browser shows it: each frame laid over those before it. */
export interface DecodedGif {
  frames: Picture[];
  /** Hundredths of a second. */
  delays: number[];
  /** Pixels that each frame's rectangle holds. */
  areas: number[];
  loops: number;
}

/** Reads GIFs with a global palette and frames that stay. */
export function decodeGif(file: Uint8Array): DecodedGif {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  const colors = 2 << (file[10] & 7);
  const palette = file.subarray(13, 13 + 3 * colors);
  const decoded: DecodedGif = { frames: [], delays: [], areas: [], loops: -1 };
  const screen = new Uint8Array(3 * width * height);
  let transparent = -1;
  let at = 13 + 3 * colors;
  while (file[at] !== 0x3b) {
    if (file[at] === 0x21) {
      if (file[at + 1] === 0xf9) {
        transparent = file[at + 3] & 1 ? file[at + 6] : -1;
        decoded.delays.push(view.getUint16(at + 4, true));
      } else decoded.loops = view.getUint16(at + 16, true);
      at = skipBlocks(file, at + 2);
      continue;
    }
    const [left, top, w, h] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true));
    const depth = file[at + 10];
    const end = skipBlocks(file, at + 11);
    const indices = decompress(joinBlocks(file, at + 11, end), depth);
    if (indices.length !== w * h) throw new Error(`a frame of ${w * h} pixels holds ${indices.length}`);
    for (let i = 0; i < indices.length; i++) {
      if (indices[i] === transparent) continue;
      const pixel = (top + Math.floor(i / w)) * width + left + (i % w);
      screen.set(palette.subarray(3 * indices[i], 3 * indices[i] + 3), 3 * pixel);
    }
    decoded.frames.push({ width, height, data: screen.slice() });
    decoded.areas.push(w * h);
    at = end;
  }
  return decoded;
}

function skipBlocks(file: Uint8Array, start: number): number {
  let at = start;
  while (file[at] !== 0) at += file[at] + 1;
  return at + 1;
}

function joinBlocks(file: Uint8Array, start: number, end: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end - 1; at += file[at] + 1) parts.push(file.subarray(at + 1, at + 1 + file[at]));
  return Buffer.concat(parts);
}

/** GIF's Lempel-Ziv-Welch, read as the specification describes it. */
export function decompress(bytes: Uint8Array, depth: number): number[] {
  const clear = 1 << depth;
  let table: number[][] = [];
  let bits = depth + 1;
  let previous: number[] | undefined;
  const indices: number[] = [];
  let position = 0;
  const restart = () => {
    table = Array.from({ length: clear + 2 }, (_, i) => [i]);
    bits = depth + 1;
    previous = undefined;
  };
  restart();
  for (;;) {
    let code = 0;
    for (let bit = 0; bit < bits; bit++, position++) code |= ((bytes[position >> 3] >> (position & 7)) & 1) << bit;
    if (position > 8 * bytes.length) throw new Error('the codes end without an end');
    if (code === clear) {
      restart();
      continue;
    }
    if (code === clear + 1) return indices;
    if (code > table.length || (code === table.length && previous === undefined))
      throw new Error(`unknown code ${code}`);
    const entry: number[] = code < table.length ? table[code] : [...previous!, previous![0]];
    for (const index of entry) indices.push(index);
    if (previous !== undefined && table.length < 4096) table.push([...previous, entry[0]]);
    if (table.length === 1 << bits && bits < 12) bits++;
    previous = entry;
  }
}
