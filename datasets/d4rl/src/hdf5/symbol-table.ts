import { ByteBuilder, UNDEFINED } from './byte-builder.ts';

/** Twice HDF5's default "group leaf node K". */
const LEAF_ENTRIES = 8;
/** Twice HDF5's default "group internal node K". */
const NODE_ENTRIES = 32;
const LEAF_BYTES = 8 + LEAF_ENTRIES * 40;
const NODE_BYTES = 24 + NODE_ENTRIES * 16 + 8;

/** A subtree: where it lies and the last name in it. */
interface Child {
  readonly address: number;
  readonly lastName: number;
}

/**
 * Builds the tree by which HDF5 finds a link among thousands: a local heap of names, leaves of links and a version 1
 * B-tree over them (HDF5 file format specification, sections III.A.1, III.B and III.D).
 *
 * @param links - Names and object headers, sorted by name; at least one.
 * @param address - Where the returned bytes will be written.
 * @returns The bytes, the tree's root and the heap.
 */
export function buildSymbolTable(
  links: readonly (readonly [name: string, address: number])[],
  address: number,
): { bytes: Uint8Array; tree: number; heap: number } {
  // A tree compares names byte by byte, which JavaScript's order of strings is not beyond the basic plane.
  const encoded = links.map(([name, target]) => ({ name: Buffer.from(name), target }));
  encoded.sort((a, b) => Buffer.compare(a.name, b.name));
  const { bytes: heap, offsets } = buildNames(
    encoded.map(({ name }) => name),
    address,
  );
  const table = new ByteBuilder().bytes(heap);

  let children: Child[] = [];
  for (let first = 0; first < encoded.length; first += LEAF_ENTRIES) {
    const entries = encoded.slice(first, first + LEAF_ENTRIES);
    const leaf = new ByteBuilder().text('SNOD').u8(1, 0).u16(entries.length);
    entries.forEach(({ target }, i) => {
      leaf
        .u64(offsets[first + i], target)
        .u32(0, 0)
        .u64(0, 0);
    });
    children.push({ address: address + table.length, lastName: offsets[first + entries.length - 1] });
    table.bytes(leaf.padTo(LEAF_BYTES).build());
  }

  for (let level = 0; ; level++) {
    const nodes = Math.ceil(children.length / NODE_ENTRIES);
    const base = address + table.length;
    const parents: Child[] = [];
    for (let n = 0; n < nodes; n++) {
      const members = children.slice(n * NODE_ENTRIES, (n + 1) * NODE_ENTRIES);
      const left = n === 0 ? UNDEFINED : base + (n - 1) * NODE_BYTES;
      const right = n === nodes - 1 ? UNDEFINED : base + (n + 1) * NODE_BYTES;
      const node = new ByteBuilder().text('TREE').u8(0, level).u16(members.length).u64(left, right);
      // A key is the last name to its left; the empty one is before all.
      node.u64(n === 0 ? 0 : children[n * NODE_ENTRIES - 1].lastName);
      for (const child of members) node.u64(child.address, child.lastName);
      table.bytes(node.padTo(NODE_BYTES).build());
      parents.push({ address: base + n * NODE_BYTES, lastName: members.at(-1)!.lastName });
    }
    if (nodes === 1) return { bytes: table.build(), tree: base, heap: address };
    children = parents;
  }
}

/** A local heap of names, each ended by a zero and padded to 8 bytes; the empty one comes first. */
function buildNames(names: readonly Uint8Array[], address: number): { bytes: Uint8Array; offsets: number[] } {
  const data = new ByteBuilder().u64(0);
  const offsets = names.map((name) => {
    const offset = data.length;
    data.bytes(name).padTo(offset + Math.ceil((name.length + 1) / 8) * 8);
    return offset;
  });
  const headerBytes = 32;
  const noFreeSpace = 1;
  const header = new ByteBuilder()
    .text('HEAP')
    .u8(0, 0, 0, 0)
    .u64(data.length, noFreeSpace, address + headerBytes);
  return { bytes: header.bytes(data.build()).build(), offsets };
}
