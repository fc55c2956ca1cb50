import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { encodeGif, filmStrip, type Picture } from './index.ts';
import { compressLzw } from './lzw.ts';
import { encodePng } from './png.ts';
import { decodeGif, decompress } from './testing/decode-gif.ts';
import { decodePng } from './testing/decode-png.ts';

function picture(width: number, height: number, color: (x: number, y: number) => readonly number[]): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(color(i % width, Math.floor(i / width)), 3 * i);
  return { width, height, data };
}

const anyPicture = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height })
      .map((data): Picture => ({ width, height, data })),
  );

test('a PNG gives back every picture, and its checksums hold', () => {
  fc.assert(
    fc.property(anyPicture, (given) => {
      const { width, height, data, chunks } = decodePng(encodePng(given));
      expect({ width, height, data }).toEqual(given);
      for (const { type, bytes, crc } of chunks) expect(crc32(Buffer.concat([Buffer.from(type), bytes]))).toBe(crc);
    }),
    { numRuns: 50 },
  );
});

test('the checksum is the published one', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('a smooth picture is filtered, and smaller for it', () => {
  const smooth = picture(64, 64, (x, y) => [x * 3 + y, 2 * x + y, (x * y) >> 5]);
  expect(encodePng(smooth).length).toBeLessThan(smooth.data.length / 10);
  expect(decodePng(encodePng(smooth)).data).toEqual(smooth.data);
});

test('compressed indices come back, whatever they are', () => {
  const indices = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    // Long runs reach long strings, and codes that are used before they are known.
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 400 })), { maxLength: 40 })
      .map((runs) => Uint8Array.from(runs.flatMap(([index, count]) => new Array<number>(count).fill(index)))),
  );
  fc.assert(
    fc.property(indices, (given) => {
      expect(decompress(compressLzw(given, 8), 8)).toEqual(Array.from(given));
    }),
    { numRuns: 100 },
  );
});

test('compression goes on beyond a full dictionary', () => {
  let state = 1;
  const noise = Uint8Array.from({ length: 60_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  expect(decompress(compressLzw(noise, 8), 8)).toEqual(Array.from(noise));
});

test('an animation of few colours comes back exactly, with its timing', () => {
  const frames = [0, 1, 2, 3].map((shift) =>
    picture(30, 20, (x, y) => (x === 5 + shift && y === 7 ? [250, 10, 30] : [x * 8, 0, 128])),
  );
  const { frames: decoded, delays, loops, areas } = decodeGif(encodeGif(frames, { fps: 30 }));
  expect(decoded).toEqual(frames);
  expect(delays).toEqual([3, 4, 3, 3]);
  expect(loops).toBe(0);
  // The dot moves by one pixel: two pixels change.
  expect(areas).toEqual([600, 2, 2, 2]);
});

test('an animation of many colours stays near them', () => {
  const frames = [0, 40].map((shift) => picture(64, 64, (x, y) => [x * 4, y * 4, (x + y + shift) % 256]));
  const { frames: decoded } = decodeGif(encodeGif(frames, { fps: 10, loops: 2 }));
  for (const [i, { data }] of decoded.entries()) {
    let error = 0;
    for (let at = 0; at < data.length; at++) error += (data[at] - frames[i].data[at]) ** 2;
    expect(Math.sqrt(error / data.length)).toBeLessThan(12);
  }
});

test('frames that show the same are kept, with their time', () => {
  const still = picture(16, 16, (x) => [x, x, x]);
  const { frames, delays } = decodeGif(encodeGif([still, still, still], { fps: 20 }));
  expect(frames.length).toBe(3);
  expect(delays).toEqual([5, 5, 5]);
});

test('a film strip holds each picture at its place', () => {
  const pictures = [10, 20, 30].map((shade) => picture(4, 3, () => [shade, shade, shade]));
  const strip = filmStrip(pictures, { columns: 2, gap: 1, background: [1, 2, 3] });
  expect([strip.width, strip.height]).toEqual([9, 7]);
  const at = (x: number, y: number) => Array.from(strip.data.subarray(3 * (y * 9 + x), 3 * (y * 9 + x) + 3));
  expect([at(0, 0), at(5, 2), at(3, 6)]).toEqual([
    [10, 10, 10],
    [20, 20, 20],
    [30, 30, 30],
  ]);
  expect([at(4, 0), at(0, 3), at(5, 4)]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

test('wrong inputs are told in a sentence', () => {
  const small = picture(2, 2, () => [0, 0, 0]);
  const large = picture(3, 2, () => [0, 0, 0]);
  expect(() => encodeGif([], { fps: 10 })).toThrow(/at least one picture/);
  expect(() => encodeGif([small, large], { fps: 10 })).toThrow(/2x2.*3x2/);
  expect(() => encodeGif([small], { fps: 51 })).toThrow(/at most 50/);
  expect(() => encodeGif([small], { fps: 10, loops: -1 })).toThrow(/0 to 65535/);
  expect(() => filmStrip([])).toThrow(/at least one picture/);
  expect(() => filmStrip([small, large])).toThrow(/2x2.*3x2/);
  expect(() => filmStrip([small], { columns: 0 })).toThrow(/columns/);
  expect(() => filmStrip([small], { gap: 0.5 })).toThrow(/gap/);
});
