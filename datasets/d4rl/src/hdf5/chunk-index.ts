import { ByteBuilder, UNDEFINED } from './byte-builder.ts';

/** Where a chunk of whole rows lies in the file. */
export interface StoredChunk {
  readonly address: number;
  readonly bytes: number;
}

/** A node holds at most twice HDF5's default "indexed storage internal node K". */
const NODE_ENTRIES = 64;

interface Entry {
  readonly chunk: number;
  readonly bytes: number;
  readonly address: number;
}

/**
 * Builds the version 1 B-tree over chunks that split the first dimension only (HDF5 file format specification, section
 * III.A.1, node type 1).
 *
 * @param chunks - In row order, at least one.
 * @param rows - Rows of a chunk.
 * @param rank - Dimensions of the dataset.
 * @param address - Where the returned bytes will be written.
 * @returns The nodes, one after another, and the root's address.
 */
export function buildChunkIndex(
  chunks: readonly StoredChunk[],
  rows: number,
  rank: number,
  address: number,
): { bytes: Uint8Array; root: number } {
  const keyBytes = 8 + 8 * (rank + 1);
  const nodeBytes = 24 + (NODE_ENTRIES + 1) * keyBytes + NODE_ENTRIES * 8;
  const key = (chunk: number, bytes: number) =>
    new ByteBuilder()
      .u32(bytes, 0)
      .u64(chunk * rows, ...new Array<number>(rank).fill(0))
      .build();

  const tree = new ByteBuilder();
  let entries: Entry[] = chunks.map((chunk, i) => ({ chunk: i, bytes: chunk.bytes, address: chunk.address }));
  for (let level = 0; ; level++) {
    const nodes = Math.ceil(entries.length / NODE_ENTRIES);
    const base = address + tree.length;
    const parents: Entry[] = [];
    for (let n = 0; n < nodes; n++) {
      const children = entries.slice(n * NODE_ENTRIES, (n + 1) * NODE_ENTRIES);
      const next = entries[(n + 1) * NODE_ENTRIES];
      const left = n === 0 ? UNDEFINED : base + (n - 1) * nodeBytes;
      const right = n === nodes - 1 ? UNDEFINED : base + (n + 1) * nodeBytes;
      const node = new ByteBuilder().text('TREE').u8(1, level).u16(children.length).u64(left, right);
      for (const child of children) node.bytes(key(child.chunk, child.bytes)).u64(child.address);
      node.bytes(next === undefined ? key(chunks.length, 0) : key(next.chunk, next.bytes));
      tree.bytes(node.padTo(nodeBytes).build());
      parents.push({ chunk: children[0].chunk, bytes: children[0].bytes, address: base + n * nodeBytes });
    }
    if (nodes === 1) return { bytes: tree.build(), root: base };
    entries = parents;
  }
}
