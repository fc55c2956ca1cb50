import { deflateSync } from 'node:zlib';
import { type Attributes, encodeAttribute } from './attributes.ts';
import { buildChunkIndex, type StoredChunk } from './chunk-index.ts';
import { HeapBuilder } from './heap-builder.ts';
import {
  chunkedLayoutMessage,
  compactLayoutMessage,
  contiguousLayoutMessage,
  dataspaceMessage,
  datatypeMessage,
  deflateMessage,
  elementBytes,
  fillValueMessage,
  groupMessages,
  type HeaderMessage,
  objectHeader,
  type StoredType,
  SUPERBLOCK_BYTES,
  stringTypeMessage,
  superblock,
  symbolTableMessage,
  variableStringTypeMessage,
} from './messages.ts';
import { ReplacementFile } from './replacement-file.ts';
import { buildSymbolTable } from './symbol-table.ts';

/** Large enough to pack well, small enough that a few rows are read without much ado. */
const CHUNK_BYTES = 128 * 1024;

/** Larger values than this are stored outside the object header. */
const COMPACT_BYTES = 1024;

/** More links than this are found through a tree instead of one after another. */
const COMPACT_LINKS = 64;

/** A tree of link names: an address is a dataset or a closed group, a map an open group. */
type Links = Map<string, number | Links>;

/** Rows of a dataset that grows while the file is written. */
export interface GrowingDataset {
  readonly rowBytes: number;
  /** @param bytes - Whole rows, little-endian. */
  append(bytes: Uint8Array): void;
}

/**
 * Writes an HDF5 file from front to back: chunks as they fill, everything else on {@link close}. Superblock version 2,
 * compact groups, chunks indexed by version 1 B-trees, no times: the same calls give the same bytes, and HDF5 1.8 and
 * later read them.
 *
 * libhdf5 through h5wasm, which reads files in this package, can create neither enumerations (h5py's booleans) nor
 * datasets without modification times, and does not report failed writes.
 */
export class Hdf5Writer {
  readonly #file: ReplacementFile;
  readonly #level: number;
  readonly #chunkBytes: number;
  readonly #root: Links = new Map();
  readonly #attributes = new Map<Links, HeaderMessage[]>();
  readonly #growing: { path: string; dataset: ChunkedRows; type: StoredType; row: readonly number[] }[] = [];
  #end = SUPERBLOCK_BYTES;

  /**
   * @param path - Replaced only by {@link close}.
   * @param level - Of gzip, 1 to 9, or 0 for none.
   * @param chunkBytes - Chunks hold whole rows, at most so many bytes of them (but at least one row).
   * @param name - What errors call the file; default `path`.
   * @throws InputError when `path` cannot be written.
   */
  constructor(path: string, level: number, chunkBytes = CHUNK_BYTES, name = path) {
    this.#file = new ReplacementFile(path, name);
    this.#level = level;
    this.#chunkBytes = chunkBytes;
  }

  /**
   * A chunked dataset of shape `[rows, ...row]` without rows yet.
   *
   * @param path - Link names joined by `/`; groups on the way are created.
   */
  createRows(path: string, type: StoredType, row: readonly number[]): GrowingDataset {
    const rowBytes = row.reduce((product, n) => product * n, elementBytes[type]);
    const dataset = new ChunkedRows(rowBytes, this.#chunkRows(rowBytes), this.#level, (bytes) => this.#put(bytes));
    this.#growing.push({ path, dataset, type, row });
    return dataset;
  }

  /**
   * A chunked dataset of shape `[rows, ...row]` that may grow later, written whole and at once.
   *
   * @param bytes - Whole rows, little-endian.
   */
  writeRows(path: string, type: StoredType, row: readonly number[], bytes: Uint8Array): void {
    const rowBytes = row.reduce((product, n) => product * n, elementBytes[type]);
    const chunkRows = Math.min(this.#chunkRows(rowBytes), Math.max(1, bytes.length / rowBytes));
    const dataset = new ChunkedRows(rowBytes, chunkRows, this.#level, (chunk) => this.#put(chunk));
    dataset.append(bytes);
    this.#finishRows(path, dataset, type, row);
  }

  /** Writes what is left of a dataset of {@link createRows} now and frees its memory; it must have rows. */
  finishRows(path: string): void {
    const index = this.#growing.findIndex((growing) => growing.path === path);
    if (index < 0) throw new Error(`${path} is not being written.`);
    const [{ dataset, type, row }] = this.#growing.splice(index, 1);
    this.#finishRows(path, dataset, type, row);
  }

  /** Strings of any length in order, as h5py stores text. */
  writeVariableStrings(path: string, texts: readonly string[]): void {
    const kind = [dataspaceMessage([texts.length]), variableStringTypeMessage()];
    const descriptors = this.#putStrings(texts);
    // Outside the header, as h5py does it; this package's reader finds them only there.
    const layout = contiguousLayoutMessage(this.#put(descriptors), descriptors.length);
    this.#link(path, this.#put(objectHeader([...kind, fillValueMessage(), layout])));
  }

  /** Gives a group attributes; it is created where it does not exist. `''` is the root. */
  setAttributes(path: string, attributes: Attributes): void {
    const group = this.#group(path === '' ? [] : path.split('/'));
    const messages = this.#attributes.get(group) ?? [];
    for (const [name, value] of Object.entries(attributes))
      messages.push(encodeAttribute(name, value, (texts) => this.#putStrings(texts)));
    this.#attributes.set(group, messages);
  }

  /** Writes a group now and frees the memory for its links; nothing can be added to it afterwards. */
  closeGroup(path: string): void {
    const names = path.split('/');
    const name = names.pop()!;
    const parent = this.#group(names);
    const group = parent.get(name);
    if (!(group instanceof Map)) throw new Error(`${path} is no open group.`);
    parent.set(name, this.#putGroup(group));
  }

  /** A dataset of fixed shape; `[]` is a scalar. */
  writeArray(path: string, type: StoredType, shape: readonly number[], bytes: Uint8Array): void {
    this.#writeSmall(path, [dataspaceMessage(shape), datatypeMessage(type)], bytes);
  }

  /** A scalar string of fixed length. */
  writeString(path: string, text: string): void {
    this.#writeText(path, [], [text]);
  }

  /** Strings in order, all stored with the longest one's length. */
  writeStrings(path: string, texts: readonly string[]): void {
    this.#writeText(path, [texts.length], texts);
  }

  /** An empty group, or nothing where it exists. */
  createGroup(path: string): void {
    this.#group(path.split('/'));
  }

  /** Writes the rest and moves the file into place. */
  close(): void {
    for (const { path, dataset, type, row } of this.#growing) this.#finishRows(path, dataset, type, row);
    const root = this.#putGroup(this.#root);
    this.#file.write(superblock(this.#end, root), 0);
    this.#file.commit();
  }

  /** Removes what was written; the destination stays as it was. */
  discard(): void {
    this.#file.discard();
  }

  #chunkRows(rowBytes: number): number {
    return 2 ** Math.max(0, Math.floor(Math.log2(this.#chunkBytes / rowBytes)));
  }

  #finishRows(path: string, dataset: ChunkedRows, type: StoredType, row: readonly number[]): void {
    const { chunks, rows, chunkRows } = dataset.finish();
    const shape = [rows, ...row];
    const { bytes, root } = buildChunkIndex(chunks, chunkRows, shape.length, this.#end);
    this.#put(bytes);
    const messages = [dataspaceMessage(shape, true), datatypeMessage(type), fillValueMessage()];
    messages.push(chunkedLayoutMessage(root, [chunkRows, ...row], elementBytes[type]));
    if (this.#level > 0) messages.push(deflateMessage(this.#level));
    this.#link(path, this.#put(objectHeader(messages)));
  }

  #writeText(path: string, shape: readonly number[], texts: readonly string[]): void {
    const encoder = new TextEncoder();
    const encoded = texts.map((text) => encoder.encode(text));
    const size = encoded.reduce((longest, { length }) => Math.max(longest, length), 1);
    const bytes = new Uint8Array(size * texts.length);
    encoded.forEach((text, i) => {
      bytes.set(text, i * size);
    });
    const utf8 = bytes.some((byte) => byte > 127);
    this.#writeSmall(path, [dataspaceMessage(shape), stringTypeMessage(size, utf8)], bytes);
  }

  #writeSmall(path: string, kind: HeaderMessage[], bytes: Uint8Array): void {
    const layout =
      bytes.length <= COMPACT_BYTES
        ? compactLayoutMessage(bytes)
        : contiguousLayoutMessage(this.#put(bytes), bytes.length);
    this.#link(path, this.#put(objectHeader([...kind, fillValueMessage(), layout])));
  }

  #put(bytes: Uint8Array): number {
    const address = this.#end;
    this.#file.write(bytes, address);
    this.#end += bytes.length;
    return address;
  }

  #putGroup(links: Links): number {
    const addresses: [string, number][] = [];
    for (const name of [...links.keys()].sort()) {
      const target = links.get(name)!;
      addresses.push([name, typeof target === 'number' ? target : this.#putGroup(target)]);
    }
    const attributes = this.#attributes.get(links) ?? [];
    this.#attributes.delete(links);
    if (addresses.length <= COMPACT_LINKS) return this.#put(objectHeader([...groupMessages(addresses), ...attributes]));
    const { bytes, tree, heap } = buildSymbolTable(addresses, this.#end);
    this.#put(bytes);
    return this.#put(objectHeader([symbolTableMessage(tree, heap), ...attributes]));
  }

  /** @returns The descriptors that stand for the strings, which are in a heap from now on. */
  #putStrings(texts: readonly string[]): Uint8Array {
    const { collection, descriptors } = new HeapBuilder(texts).build(this.#end);
    this.#put(collection);
    return descriptors;
  }

  #link(path: string, address: number): void {
    const names = path.split('/');
    const name = names.pop()!;
    const group = this.#group(names);
    if (group.has(name)) throw new Error(`${path} was already written.`);
    group.set(name, address);
  }

  #group(names: readonly string[]): Links {
    let group = this.#root;
    for (const name of names) {
      let next = group.get(name);
      if (next === undefined) {
        next = new Map();
        group.set(name, next);
      }
      if (typeof next === 'number') throw new Error(`${names.join('/')} is a dataset and cannot be a group.`);
      group = next;
    }
    return group;
  }
}

/** Collects rows until a chunk is full and hands it on compressed. */
class ChunkedRows implements GrowingDataset {
  readonly rowBytes: number;
  readonly #level: number;
  readonly #put: (bytes: Uint8Array) => number;
  readonly #chunkRows: number;
  readonly #buffer: Uint8Array;
  readonly #chunks: StoredChunk[] = [];
  #filled = 0;

  constructor(rowBytes: number, chunkRows: number, level: number, put: (bytes: Uint8Array) => number) {
    this.rowBytes = rowBytes;
    this.#level = level;
    this.#put = put;
    this.#chunkRows = chunkRows;
    this.#buffer = new Uint8Array(chunkRows * rowBytes);
  }

  append(bytes: Uint8Array): void {
    let taken = 0;
    while (taken < bytes.length) {
      const count = Math.min(bytes.length - taken, this.#buffer.length - this.#filled);
      this.#buffer.set(bytes.subarray(taken, taken + count), this.#filled);
      taken += count;
      this.#filled += count;
      if (this.#filled === this.#buffer.length) this.#store(this.#buffer);
    }
  }

  /** A single chunk is cut to its rows; otherwise the last one is padded with zeros, as the format wants. */
  finish(): { chunks: readonly StoredChunk[]; rows: number; chunkRows: number } {
    const left = this.#filled / this.rowBytes;
    const rows = this.#chunks.length * this.#chunkRows + left;
    const single = this.#chunks.length === 0;
    if (left > 0) this.#store(single ? this.#buffer.subarray(0, this.#filled) : this.#buffer.fill(0, this.#filled));
    return { chunks: this.#chunks, rows, chunkRows: single ? rows : this.#chunkRows };
  }

  #store(rows: Uint8Array): void {
    const bytes = this.#level > 0 ? deflateSync(rows, { level: this.#level }) : rows;
    this.#chunks.push({ address: this.#put(bytes), bytes: bytes.length });
    this.#filled = 0;
  }
}
