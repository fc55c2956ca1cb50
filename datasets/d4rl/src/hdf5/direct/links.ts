import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import { type ByteSource, Cursor, decodeText } from './byte-source.ts';
import { messageType, type ObjectHeader, onlyMessage } from './object-header.ts';

/** Entries of a group's tree and tables that are looked at; more is damage, for instance one node again and again. */
const MAX_ENTRIES = 1_000_000;
const MAX_LEVEL = 16;

/** Whether the object is a group. */
export function isGroup(header: ObjectHeader): boolean {
  return header.has(messageType.symbolTable) || header.has(messageType.linkInfo) || header.has(messageType.link);
}

/** Addresses of the objects in a group by name, in the order of the names' bytes. */
export function readLinks(source: ByteSource, header: ObjectHeader): Map<string, number> {
  const links = new Map<string, number>();
  const add = (name: string, address: number) => {
    if (links.has(name)) throw new Hdf5Failure(`a group has two objects named "${name}"`);
    links.set(name, address);
  };
  const table = onlyMessage(header, messageType.symbolTable);
  if (table) readSymbolTable(source, table, add);
  const info = onlyMessage(header, messageType.linkInfo);
  if (info) checkLinkInfo(info);
  if (header.has(-messageType.link)) throw new UnsupportedHdf5('shared links');
  for (const body of header.get(messageType.link) ?? []) readLink(new Cursor(body), add);
  return new Map([...links].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

type Add = (name: string, address: number) => void;

/** Links of large groups are kept in a heap, which is left to libhdf5. */
function checkLinkInfo(info: Cursor): void {
  if (info.u8() !== 0) throw new UnsupportedHdf5('link information of another version');
  const flags = info.u8();
  if (flags & 1) info.skip(8);
  if (info.address() !== undefined) throw new UnsupportedHdf5('links in a heap');
}

/** Section IV.A.2.g. */
function readLink(link: Cursor, add: Add): void {
  if (link.u8() !== 1) throw new UnsupportedHdf5('links of another version');
  const flags = link.u8();
  if ((flags & 8) !== 0 && link.u8() !== 0) throw new UnsupportedHdf5('links that are not hard');
  if (flags & 4) link.skip(8);
  if (flags & 16) link.skip(1);
  const name = decodeText(link.take(link.unsigned(2 ** (flags & 3))));
  add(name, link.u64());
}

/** Sections III.A.1, III.B and III.D. */
function readSymbolTable(source: ByteSource, table: Cursor, add: Add): void {
  const tree = table.u64();
  const heap = readHeap(source, table.u64());
  let entries = 0;
  const count = (more: number) => {
    entries += more;
    if (entries > MAX_ENTRIES) throw new Hdf5Failure('a group has too many entries');
  };
  const visit = (address: number, above: number) => {
    const node = source.block(address, 24);
    node.signature('TREE');
    if (node.u8() !== 0) throw new Hdf5Failure("a group's tree is not one of a group");
    const level = node.u8();
    if (level >= above) throw new Hdf5Failure("a group's tree does not end");
    const used = node.u16();
    count(used + 1);
    const children = source.block(address + 24, used * 16);
    for (let i = 0; i < used; i++) {
      children.skip(8);
      const child = children.u64();
      if (level > 0) visit(child, level);
      else count(readSymbols(source, child, heap, add));
    }
  };
  visit(tree, MAX_LEVEL);
}

/** @returns How many there are. */
function readSymbols(source: ByteSource, address: number, heap: Uint8Array, add: Add): number {
  const prefix = source.block(address, 8);
  prefix.signature('SNOD');
  if (prefix.u8() !== 1) throw new UnsupportedHdf5('a symbol table of another version');
  prefix.skip(1);
  const count = prefix.u16();
  const entries = source.block(address + 8, count * 40);
  for (let i = 0; i < count; i++) {
    const name = new Cursor(heap);
    name.skip(entries.u64());
    const target = entries.address();
    if (entries.u32() === 2) throw new UnsupportedHdf5('links that are not hard');
    if (target === undefined) throw new Hdf5Failure('a link leads nowhere');
    entries.skip(20);
    add(name.text(), target);
  }
  return count;
}

function readHeap(source: ByteSource, address: number): Uint8Array {
  const heap = source.block(address, 32);
  heap.signature('HEAP');
  if (heap.u8() !== 0) throw new UnsupportedHdf5('a local heap of another version');
  heap.skip(3);
  const size = heap.u64();
  heap.skip(8);
  return source.block(heap.u64(), size).bytes;
}
