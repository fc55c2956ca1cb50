import { inflateSync } from 'node:zlib';
import type { Picture } from '../picture.ts';

/** Reads what `encodePng` may write: 8-bit RGB, any filter, chunks in order. Checks no checksum. */
export function decodePng(file: Uint8Array): Picture & { chunks: { type: string; bytes: Uint8Array; crc: number }[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const chunks: { type: string; bytes: Uint8Array; crc: number }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = view.getUint32(at);
    const type = Buffer.from(file.subarray(at + 4, at + 8)).toString('latin1');
    chunks.push({ type, bytes: file.subarray(at + 8, at + 8 + length), crc: view.getUint32(at + 8 + length) });
    at += length + 12;
  }
  const header = new DataView(chunks[0].bytes.buffer, chunks[0].bytes.byteOffset);
  const width = header.getUint32(0);
  const height = header.getUint32(4);
  const lines = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ bytes }) => bytes)));
  const stride = 3 * width;
  const data = new Uint8Array(height * stride);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i < 3 ? 0 : data[row * stride + i - 3];
      const above = row === 0 ? 0 : data[(row - 1) * stride + i];
      const corner = i < 3 || row === 0 ? 0 : data[(row - 1) * stride + i - 3];
      const guesses = [0, left, above, (left + above) >> 1, nearest(left, above, corner)];
      data[row * stride + i] = lines[row * (stride + 1) + 1 + i] + guesses[filter];
    }
  }
  return { width, height, data, chunks };
}

function nearest(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const distances = [left, above, corner].map((value) => Math.abs(guess - value));
  return [left, above, corner][distances.indexOf(Math.min(...distances))];
}
