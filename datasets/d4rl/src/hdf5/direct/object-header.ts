import { metadataChecksum } from '../checksum.ts';
import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import { type ByteSource, Cursor } from './byte-source.ts';

/** Numbers of the messages that are understood: HDF5 file format specification, section IV.A.2. */
export const messageType = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const MAX_BLOCKS = 256;
/** Of all blocks of an object together. */
const MAX_HEADER_BYTES = 2 ** 22;
const MAX_MESSAGES = 20_000;
const SHARED = 0x02;
const FAIL_IF_UNKNOWN = 0x80;
const LAST_KNOWN = 0x17;

/** Messages of an object by type. */
export type ObjectHeader = ReadonlyMap<number, readonly Uint8Array[]>;

interface Block {
  readonly address: number;
  readonly length: number;
}

/** Reads all messages of an object; section IV.A.1. */
export function readObjectHeader(source: ByteSource, address: number): ObjectHeader {
  const first = source.read(address, 4);
  const messages = new Map<number, Uint8Array[]>();
  const waiting: Block[] = [];
  let count = 0;
  let bytes = 0;
  const keep = (type: number, flags: number, body: Uint8Array) => {
    if (++count > MAX_MESSAGES) throw new Hdf5Failure('an object has too many messages');
    if (type === messageType.continuation) {
      const cursor = new Cursor(body);
      const block = { address: cursor.u64(), length: cursor.u64() };
      waiting.push(block);
      bytes += block.length;
      if (bytes > MAX_HEADER_BYTES) throw new Hdf5Failure('an object is too large');
      return;
    }
    if (type > LAST_KNOWN && (flags & FAIL_IF_UNKNOWN) !== 0) throw new UnsupportedHdf5(`messages of type ${type}`);
    // Marked, not refused: what is shared may be of no interest.
    const known = (flags & SHARED) === 0 ? type : -type;
    const others = messages.get(known);
    if (others) others.push(body);
    else messages.set(known, [body]);
  };
  if (first[0] === 1) readFirstForm(source, address, waiting, keep);
  else readSecondForm(source, address, waiting, keep);
  return messages;
}

/** The only message of a type, or undefined. @throws UnsupportedHdf5 when it stands elsewhere or more than once. */
export function onlyMessage(header: ObjectHeader, type: number): Cursor | undefined {
  if (header.has(-type)) throw new UnsupportedHdf5('shared messages');
  const bodies = header.get(type);
  if (bodies === undefined) return undefined;
  if (bodies.length > 1) throw new UnsupportedHdf5(`${bodies.length} messages of type ${type}`);
  return new Cursor(bodies[0]);
}

type Keep = (type: number, flags: number, body: Uint8Array) => void;

function readFirstForm(source: ByteSource, address: number, waiting: Block[], keep: Keep): void {
  const prefix = source.block(address, 16);
  prefix.skip(8);
  waiting.push({ address: address + 16, length: prefix.u32() });
  for (let read = 0; read < waiting.length; read++) {
    if (read > MAX_BLOCKS) throw new Hdf5Failure('an object is continued too often');
    const block = source.block(waiting[read].address, waiting[read].length);
    while (block.left >= 8) {
      const type = block.u16();
      const size = block.u16();
      const flags = block.u8();
      block.skip(3);
      keep(type, flags, block.take(size));
    }
  }
}

function readSecondForm(source: ByteSource, address: number, waiting: Block[], keep: Keep): void {
  const prefix = source.block(address, Math.min(34, source.size - address));
  prefix.signature('OHDR');
  if (prefix.u8() !== 2) throw new UnsupportedHdf5('an object header of another version');
  const flags = prefix.u8();
  // Times, and how many attributes are stored here, where the flags say so.
  prefix.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const length = prefix.unsigned(2 ** (flags & 3));
  const ordered = (flags & 4) !== 0;
  readChunk(source.block(address, prefix.at + length + 4), prefix.at, ordered, keep);
  for (let read = 0; read < waiting.length; read++) {
    if (read > MAX_BLOCKS) throw new Hdf5Failure('an object is continued too often');
    const block = source.block(waiting[read].address, waiting[read].length);
    block.signature('OCHK');
    readChunk(block, 4, ordered, keep);
  }
}

/** @param start - Where its messages begin. */
function readChunk({ bytes }: Cursor, start: number, ordered: boolean, keep: Keep): void {
  const end = bytes.length - 4;
  if (end < start) throw new Hdf5Failure('an object header is too short');
  const sum = new Cursor(bytes.subarray(end)).u32();
  if (metadataChecksum(bytes.subarray(0, end)) !== sum) throw new Hdf5Failure('the checksum of an object is wrong');
  const block = new Cursor(bytes.subarray(start, end));
  const prefixBytes = ordered ? 6 : 4;
  while (block.left >= prefixBytes) {
    const type = block.u8();
    const size = block.u16();
    const flags = block.u8();
    if (ordered) block.skip(2);
    keep(type, flags, block.take(size));
  }
}
