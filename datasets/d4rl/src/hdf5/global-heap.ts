/** Larger collections than this are not D4RL's: HDF5 makes them of 4096 bytes, or as large as one long string. */
const MAX_COLLECTION_BYTES = 2 ** 24;
const HEADER_BYTES = 16;
const DESCRIPTOR_BYTES = 16;

/** Bytes of the file from `address` on: as many as asked for, fewer at its end. */
export type ReadAt = (address: number, length: number) => Uint8Array;

/** Bytes that the descriptors of `count` variable-length strings take in a file. */
export function descriptorBytes(count: number): number {
  return count * DESCRIPTOR_BYTES;
}

/**
 * Finds variable-length strings in the global heaps that their descriptors (length, heap, object) point to; HDF5 file
 * format specification, sections III.E and IV.B.
 *
 * libhdf5 does the same, but takes memory for whatever length a damaged file claims, and some damage keeps it in an
 * endless loop.
 *
 * @returns The strings in order, or undefined where the descriptors or heaps are not whole.
 */
export function readHeapStrings(descriptors: Uint8Array, readAt: ReadAt): string[] | undefined {
  const view = new DataView(descriptors.buffer, descriptors.byteOffset, descriptors.byteLength);
  const decoder = new TextDecoder();
  const collections = new Map<number, Map<number, Uint8Array> | undefined>();
  const strings: string[] = [];
  for (let at = 0; at + DESCRIPTOR_BYTES <= descriptors.length; at += DESCRIPTOR_BYTES) {
    const length = view.getUint32(at, true);
    if (length === 0) {
      strings.push('');
      continue;
    }
    const address = Number(view.getBigUint64(at + 4, true));
    if (!collections.has(address)) collections.set(address, readCollection(address, readAt));
    const object = collections.get(address)?.get(view.getUint32(at + 12, true));
    if (object === undefined || object.length < length) return undefined;
    const end = object.subarray(0, length).indexOf(0);
    strings.push(decoder.decode(object.subarray(0, end === -1 ? length : end)));
  }
  return strings;
}

/** The objects of a global heap collection by their index. */
function readCollection(address: number, readAt: ReadAt): Map<number, Uint8Array> | undefined {
  const header = readAt(address, HEADER_BYTES);
  if (header.length < HEADER_BYTES || new TextDecoder('latin1').decode(header.subarray(0, 4)) !== 'GCOL') {
    return undefined;
  }
  const size = Number(new DataView(header.buffer, header.byteOffset).getBigUint64(8, true));
  if (size > MAX_COLLECTION_BYTES) return undefined;
  const collection = readAt(address, size);
  if (collection.length < size) return undefined;
  const view = new DataView(collection.buffer, collection.byteOffset, size);
  const objects = new Map<number, Uint8Array>();
  for (let at = HEADER_BYTES; at + HEADER_BYTES <= size; ) {
    const index = view.getUint16(at, true);
    const length = Number(view.getBigUint64(at + 8, true));
    // Index 0 is the free space behind the last object.
    if (index === 0 || length > size - at - HEADER_BYTES) break;
    objects.set(index, collection.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
    at += HEADER_BYTES + Math.ceil(length / 8) * 8;
  }
  return objects;
}
