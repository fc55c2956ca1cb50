/**
 * The few object header messages of the HDF5 file format (specification version 3, sections IV.A.2.*) that a D4RL file
 * needs, as bytes. Versions are those that HDF5 1.8 and later read.
 */
import { ByteBuilder, UNDEFINED } from './byte-builder.ts';
import { metadataChecksum } from './checksum.ts';

/** Element types written here. `bool` is h5py's: an enumeration FALSE = 0, TRUE = 1 over one signed byte. */
export type StoredType =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

/** One message of an object header: its type number and body. */
export interface HeaderMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

export const elementBytes: Record<StoredType, number> = {
  float32: 4,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
};

/** @param unlimitedRows - Whether the first dimension may grow later. */
export function dataspaceMessage(shape: readonly number[], unlimitedRows = false): HeaderMessage {
  const body = new ByteBuilder().u8(2, shape.length, unlimitedRows ? 1 : 0, shape.length === 0 ? 0 : 1).u64(...shape);
  if (unlimitedRows) body.u64(UNDEFINED, ...shape.slice(1));
  return { type: 0x01, body: body.build() };
}

export function datatypeMessage(type: StoredType): HeaderMessage {
  return { type: 0x03, body: datatype(type) };
}

/** A string of `size` bytes, padded with zeros; UTF-8 or ASCII. */
export function stringTypeMessage(size: number, utf8: boolean): HeaderMessage {
  const nullPadded = 1;
  const body = new ByteBuilder().u8(0x13, nullPadded | (utf8 ? 0x10 : 0), 0, 0).u32(size);
  return { type: 0x03, body: body.build() };
}

/** A string of any length, UTF-8, whose bytes lie in a global heap: h5py's type for text. */
export function variableStringTypeMessage(): HeaderMessage {
  const string = 1;
  const utf8 = 1;
  const body = new ByteBuilder().u8(0x19, string, utf8, 0).u32(16).bytes(datatype('uint8'));
  return { type: 0x03, body: body.build() };
}

/**
 * An attribute of the object whose header holds the message.
 *
 * @param space - A {@link dataspaceMessage}.
 * @param kind - A {@link datatypeMessage} or another type's.
 */
export function attributeMessage(
  name: string,
  space: HeaderMessage,
  kind: HeaderMessage,
  data: Uint8Array,
): HeaderMessage {
  const encoded = new TextEncoder().encode(name);
  const utf8 = 1;
  const body = new ByteBuilder()
    .u8(3, 0)
    .u16(encoded.length + 1, kind.body.length, space.body.length)
    .u8(utf8)
    .bytes(encoded)
    .u8(0)
    .bytes(kind.body, space.body, data);
  return { type: 0x0c, body: body.build() };
}

function datatype(type: StoredType): Uint8Array {
  const size = elementBytes[type];
  if (type === 'float32')
    return new ByteBuilder().u8(0x11, 0x20, 31, 0).u32(4).u16(0, 32).u8(23, 8, 0, 23).u32(127).build();
  if (type === 'float64') {
    return new ByteBuilder().u8(0x11, 0x20, 63, 0).u32(8).u16(0, 64).u8(52, 11, 0, 52).u32(1023).build();
  }
  if (type === 'bool') {
    const names = new ByteBuilder().text('FALSE').padTo(8).text('TRUE').padTo(16).build();
    return new ByteBuilder().u8(0x18, 2, 0, 0).u32(1).bytes(datatype('int8'), names).u8(0, 1).build();
  }
  const signed = type.startsWith('int') ? 0x08 : 0;
  return new ByteBuilder()
    .u8(0x10, signed, 0, 0)
    .u32(size)
    .u16(0, 8 * size)
    .build();
}

/** Default fill value; storage is allocated as it is written. */
export function fillValueMessage(): HeaderMessage {
  return { type: 0x05, body: Uint8Array.of(3, 0x0b) };
}

/** Data held in the header itself. */
export function compactLayoutMessage(data: Uint8Array): HeaderMessage {
  return { type: 0x08, body: new ByteBuilder().u8(3, 0).u16(data.length).bytes(data).build() };
}

export function contiguousLayoutMessage(address: number, size: number): HeaderMessage {
  return { type: 0x08, body: new ByteBuilder().u8(3, 1).u64(address, size).build() };
}

/** @param index - Address of the version 1 B-tree over the chunks. */
export function chunkedLayoutMessage(index: number, chunk: readonly number[], size: number): HeaderMessage {
  const body = new ByteBuilder()
    .u8(3, 2, chunk.length + 1)
    .u64(index)
    .u32(...chunk, size);
  return { type: 0x08, body: body.build() };
}

/** The pipeline with the one filter "deflate". */
export function deflateMessage(level: number): HeaderMessage {
  const deflate = 1;
  return { type: 0x0b, body: new ByteBuilder().u8(2, 1).u16(deflate, 0, 1).u32(level).build() };
}

/** The messages of a group that keeps its links in the header. */
export function groupMessages(links: Iterable<readonly [string, number]>): HeaderMessage[] {
  const linkInfo = new ByteBuilder().u8(0, 0).u64(UNDEFINED, UNDEFINED).build();
  const messages = [
    { type: 0x02, body: linkInfo },
    { type: 0x0a, body: Uint8Array.of(0, 0) },
  ];
  const utf8Names = 0x10;
  for (const [name, address] of links) {
    const encoded = new TextEncoder().encode(name);
    const body = new ByteBuilder()
      .u8(1, utf8Names | 1, 1)
      .u16(encoded.length)
      .bytes(encoded)
      .u64(address);
    messages.push({ type: 0x06, body: body.build() });
  }
  return messages;
}

/** The message of a group whose links are in a {@link buildSymbolTable | symbol table}. */
export function symbolTableMessage(tree: number, heap: number): HeaderMessage {
  return { type: 0x11, body: new ByteBuilder().u64(tree, heap).build() };
}

/** A version 2 object header. It stores no times, so that equal contents give equal bytes. */
export function objectHeader(messages: readonly HeaderMessage[]): Uint8Array {
  const body = new ByteBuilder();
  for (const { type, body: bytes } of messages) body.u8(type).u16(bytes.length).u8(0).bytes(bytes);
  const fourByteSize = 2;
  const header = new ByteBuilder().text('OHDR').u8(2, fourByteSize).u32(body.length).bytes(body.build());
  return header.u32(metadataChecksum(header.build())).build();
}

/** Bytes of {@link superblock}. */
export const SUPERBLOCK_BYTES = 48;

/** A version 2 superblock. */
export function superblock(endOfFile: number, rootGroup: number): Uint8Array {
  const block = new ByteBuilder().u8(0x89).text('HDF\r\n').u8(0x1a, 0x0a).u8(2, 8, 8, 0);
  block.u64(0, UNDEFINED, endOfFile, rootGroup);
  return block.u32(metadataChecksum(block.build())).build();
}
