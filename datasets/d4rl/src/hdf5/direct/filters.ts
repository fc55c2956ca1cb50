import { inflateSync } from 'node:zlib';
import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import type { Filter } from './storage.ts';

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const CHECKSUM_BYTES = 4;

/** Whether chunks with these filters can be unpacked here. */
export function canUnpack(filters: readonly Filter[]): boolean {
  const ids = filters.map(({ id }) => id);
  return ids.every((id) => [DEFLATE, SHUFFLE, FLETCHER32].includes(id)) && new Set(ids).size === ids.length;
}

/**
 * Undoes the filters of a chunk, last one first.
 *
 * @param mask - Bit i is set where the chunk went past filter i.
 * @param size - Of the chunk, unpacked.
 * @throws Hdf5Failure when it is damaged or unpacks to another size.
 */
export function unpackChunk(packed: Uint8Array, filters: readonly Filter[], mask: number, size: number): Uint8Array {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    if ((mask >> i) & 1) continue;
    const { id, parameters } = filters[i];
    if (id === DEFLATE) bytes = inflate(bytes, size + CHECKSUM_BYTES);
    else if (id === SHUFFLE) bytes = unshuffle(bytes, parameters[0] ?? 1);
    else bytes = checkFletcher32(bytes);
  }
  if (bytes.length !== size) throw new Hdf5Failure(`a chunk of ${size} bytes unpacks to ${bytes.length}`);
  return bytes;
}

function inflate(packed: Uint8Array, most: number): Uint8Array {
  try {
    // One byte more than fits, so that Node unpacks into one buffer without a second round.
    return inflateSync(packed, { chunkSize: Math.max(64, most + 1), maxOutputLength: most });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_') && code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new Hdf5Failure(`a chunk cannot be unpacked: ${code}`);
  }
}

/** Bytes that were put together by their place in an element go back to their elements. */
function unshuffle(shuffled: Uint8Array, elementBytes: number): Uint8Array {
  if (elementBytes === 0) throw new Hdf5Failure('elements have no size');
  if (elementBytes === 1) return shuffled;
  const elements = Math.floor(shuffled.length / elementBytes);
  const bytes = new Uint8Array(shuffled.length);
  if (elementBytes === 4) unshuffleFours(shuffled, bytes, elements);
  else {
    for (let place = 0; place < elementBytes; place++) {
      const from = place * elements;
      for (let i = 0, at = place; i < elements; i++, at += elementBytes) bytes[at] = shuffled[from + i];
    }
  }
  // What does not fill an element was left where it was.
  bytes.set(shuffled.subarray(elements * elementBytes), elements * elementBytes);
  return bytes;
}

function unshuffleFours(shuffled: Uint8Array, bytes: Uint8Array, elements: number): void {
  for (let i = 0, at = 0; i < elements; i++, at += 4) {
    bytes[at] = shuffled[i];
    bytes[at + 1] = shuffled[i + elements];
    bytes[at + 2] = shuffled[i + 2 * elements];
    bytes[at + 3] = shuffled[i + 3 * elements];
  }
}

/** libhdf5's Fletcher checksum over big-endian pairs of bytes, stored behind them in little-endian order. */
function checkFletcher32(bytes: Uint8Array): Uint8Array {
  const length = bytes.length - CHECKSUM_BYTES;
  if (length < 0) throw new Hdf5Failure('a chunk is shorter than its checksum');
  const data = bytes.subarray(0, length);
  let first = 0;
  let second = 0;
  for (let i = 0; i < length; i += 2) {
    first = (first + 256 * data[i] + (i + 1 < length ? data[i + 1] : 0)) % 65_535;
    second = (second + first) % 65_535;
  }
  const stored = new DataView(bytes.buffer, bytes.byteOffset + length, CHECKSUM_BYTES).getUint32(0, true);
  // 0 and 65535 are one number to this checksum, and libhdf5 stores either.
  const same = (a: number, b: number) => a % 65_535 === b % 65_535;
  if (same(stored & 0xffff, first) && same(stored >>> 16, second)) return data;
  // Very old files have the bytes of the sum in another order.
  throw new UnsupportedHdf5('a chunk whose checksum is wrong');
}
