import { Hdf5Failure } from '../failure.ts';
import type { ByteSource } from './byte-source.ts';

/** Where chunks lie: parallel arrays, and the place in them by a chunk's number. */
export interface ChunkTable {
  /** Number of a chunk, row-major over the grid of chunks, to its place. */
  readonly places: ReadonlyMap<number, number>;
  readonly addresses: readonly number[];
  readonly sizes: readonly number[];
  /** Bit i is set where the chunk went past filter i. */
  readonly masks: readonly number[];
}

const MAX_LEVEL = 16;
/** Of one dataset; what is known of each is kept in memory. */
const MAX_CHUNKS = 2 ** 21;

/**
 * Reads a version 1 B-tree over chunks; HDF5 file format specification, section III.A.1, node type 1.
 *
 * @param shape - Of the dataset.
 * @param chunk - Of a chunk.
 */
export function readChunkTree(
  source: ByteSource,
  root: number,
  shape: readonly number[],
  chunk: readonly number[],
): ChunkTable {
  const places = new Map<number, number>();
  const addresses: number[] = [];
  const sizes: number[] = [];
  const masks: number[] = [];
  const entryBytes = 16 + 8 * (chunk.length + 1);
  // Each entry takes so much of the file, and each node has one at least.
  let left = Math.min(MAX_CHUNKS, Math.ceil(source.size / entryBytes) + 1);
  const visit = (address: number, above: number) => {
    const node = source.block(address, 24);
    node.signature('TREE');
    if (node.u8() !== 1) throw new Hdf5Failure("a dataset's tree is not one of chunks");
    const level = node.u8();
    if (level >= above) throw new Hdf5Failure("a dataset's tree does not end");
    const used = node.u16();
    left -= Math.max(1, used);
    if (left < 0) throw new Hdf5Failure("a dataset's tree is larger than the file, or than any here");
    const entries = source.block(address + 24, used * entryBytes);
    for (let i = 0; i < used; i++) {
      const size = entries.u32();
      const mask = entries.u32();
      const number = chunkNumber(shape, chunk, () => entries.u64());
      entries.skip(8);
      const child = entries.u64();
      if (level > 0) {
        visit(child, level);
        continue;
      }
      if (number === undefined) continue;
      if (places.has(number)) throw new Hdf5Failure('a chunk is stored twice');
      source.check(child, size);
      places.set(number, addresses.length);
      addresses.push(child);
      sizes.push(size);
      masks.push(mask);
    }
  };
  visit(root, MAX_LEVEL);
  return { places, addresses, sizes, masks };
}

/** @returns Undefined for a chunk outside the dataset, which shrinking leaves behind. */
function chunkNumber(shape: readonly number[], chunk: readonly number[], next: () => number): number | undefined {
  let number = 0;
  let inside = true;
  for (let d = 0; d < shape.length; d++) {
    const offset = next();
    if (offset % chunk[d] !== 0) throw new Hdf5Failure('a chunk does not lie on the grid of chunks');
    inside &&= offset < shape[d];
    number = number * Math.ceil(shape[d] / chunk[d]) + offset / chunk[d];
  }
  return inside ? number : undefined;
}
