import { InputError } from '@understudy/errors';
import type { PCG64 } from './pcg64.ts';

/** Where integers are drawn to. The type decides how bits are spent, as NumPy's dtype does; doubles stand for int64. */
export type IntegerArray =
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | number[];

/**
 * An integer uniform in [0, range], as NumPy draws int64: D. Lemire's multiplication with rejection ("Fast Random Integer
 * Generation in an Interval", 2019), on 32 bits where the range fits and on 64 otherwise.
 */
export function drawBounded(bits: PCG64, range: number): number {
  if (range === 0) return 0;
  if (range < 0xffffffff) return drawBounded32(bits, range);
  if (range === 0xffffffff) return bits.nextUint32();
  return Number(drawBounded64(bits, BigInt(range)));
}

/** An integer uniform in [0, max], max in 1 ... 2^31 - 1: as many bits as `max` has, until they don't exceed it. */
export function drawMasked(bits: PCG64, max: number): number {
  const mask = 0xffffffff >>> Math.clz32(max);
  let value = bits.nextUint32() & mask;
  while (value > max) value = bits.nextUint32() & mask;
  return value;
}

function drawBounded32(bits: PCG64, range: number): number {
  const values = range + 1;
  let word = bits.nextUint32();
  let leftover = Math.imul(word, values) >>> 0;
  if (leftover < values) {
    const threshold = (0xffffffff - range) % values;
    while (leftover < threshold) {
      word = bits.nextUint32();
      leftover = Math.imul(word, values) >>> 0;
    }
  }
  return upperHalf(word, values);
}

/** The upper 32 bits of a product of two uint32. */
function upperHalf(a: number, b: number): number {
  const low = a * (b & 0xffff);
  const high = a * (b >>> 16);
  return Math.floor((high + Math.floor(low / 0x10000)) / 0x10000);
}

/** Ranges beyond 32 bits are rare, so bigints may carry them. */
function drawBounded64(bits: PCG64, range: bigint): bigint {
  const values = range + 1n;
  const threshold = (0xffffffffffffffffn - range) % values;
  for (;;) {
    bits.nextUint64();
    const product = ((BigInt(bits.high >>> 0) << 32n) | BigInt(bits.low >>> 0)) * values;
    if (BigInt.asUintN(64, product) >= threshold) return product >> 64n;
  }
}

/** An integer uniform in [low, last]; both ends are safe integers. */
export function drawInteger(bits: PCG64, low: number, last: number): number {
  const range = last - low;
  if (range <= Number.MAX_SAFE_INTEGER) return low + drawBounded(bits, range);
  return Number(BigInt(low) + drawBounded64(bits, BigInt(last) - BigInt(low)));
}

/** Fills `out` with integers uniform in [low, last], in NumPy's order for the dtype that `out` stands for. */
export function fillBounded(bits: PCG64, out: IntegerArray, low: number, last: number): void {
  const range = last - low;
  const bytes = 'BYTES_PER_ELEMENT' in out ? out.BYTES_PER_ELEMENT : 8;
  if (bytes >= 4 || range === 0) {
    for (let i = 0; i < out.length; i++) out[i] = drawInteger(bits, low, last);
  } else {
    fillNarrow(bits, out, low, range, 8 * bytes);
  }
}

/** 8-bit and 16-bit integers: every 32-bit draw is spent in pieces of that width, lowest first, within one fill. */
function fillNarrow(bits: PCG64, out: IntegerArray, low: number, range: number, width: number): void {
  const mask = (1 << width) - 1;
  const values = range + 1;
  const threshold = (mask - range) % values;
  let word = 0;
  let left = 0;
  for (let i = 0; i < out.length; ) {
    word = left === 0 ? bits.nextUint32() : word >>> width;
    left = (left === 0 ? 32 / width : left) - 1;
    const piece = word & mask;
    if (range === mask) {
      out[i++] = low + piece;
    } else if (((piece * values) & mask) >= threshold) {
      out[i++] = low + ((piece * values) >>> width);
    }
  }
}

/** Checks NumPy's two ways of naming a range. @returns the first and the last integer. */
export function integerRange(low: number, high: number | undefined, endpoint: boolean): [first: number, last: number] {
  const first = high === undefined ? 0 : low;
  const end = high === undefined ? low : high;
  const last = endpoint ? end : end - 1;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(end) || last < first) {
    const bounds = `[${first}, ${end}${endpoint ? ']' : ')'}`;
    throw new InputError(`The range ${bounds} holds no integers to draw; give safe integers with low below high.`);
  }
  return [first, last];
}
