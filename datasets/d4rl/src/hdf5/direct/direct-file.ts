import { allocateNumbers, filterName, type Hdf5Attribute, type Hdf5Dataset, type NumberArray } from '../dataset.ts';
import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import { readAttributes } from './attributes.ts';
import type { ByteSource } from './byte-source.ts';
import { ChunkedData } from './chunked-data.ts';
import { type ElementType, readDatatype } from './datatype.ts';
import { isGroup, readLinks } from './links.ts';
import { messageType, type ObjectHeader, onlyMessage, readObjectHeader } from './object-header.ts';
import { type Filter, readDataspace, readFilters, readStorage, type Storage } from './storage.ts';
import { readStringElements } from './string-elements.ts';
import { readSuperblock } from './superblock.ts';

const MAX_DEPTH = 8;
const MAX_OBJECTS = 10_000;

/** A dataset with what is needed to read it; without storage where that is left to libhdf5. */
interface Found {
  readonly dataset: Hdf5Dataset;
  readonly element: ElementType;
  readonly filters: readonly Filter[];
  readonly storage: Storage | undefined;
}

/**
 * Reads the forms of HDF5 that D4RL's files have, without libhdf5: groups with tables or compact links, compact,
 * contiguous and chunked data with a version 1 B-tree or a single chunk, deflate, shuffle and Fletcher's checksum.
 *
 * Node's zlib unpacks faster than the WebAssembly build, nothing is copied twice, and damage of whatever kind ends in an
 * error soon: each size and address is held against the file's own size before it is followed.
 */
export class DirectFile {
  readonly #source: ByteSource;
  readonly #root: ObjectHeader;
  /** Addresses of what is in the root, by name. */
  readonly #links: ReadonlyMap<string, number>;
  readonly #found = new Map<string, Found>();
  readonly #chunked = new Map<string, ChunkedData>();

  /**
   * @param descriptor - Of the open file, which stays the caller's.
   * @param size - Of the file.
   * @param base - Where its signature stands.
   * @throws Hdf5Failure when the file is damaged.
   * @throws UnsupportedHdf5 when it has parts that are left to libhdf5.
   */
  constructor(descriptor: number, size: number, base: number) {
    const { source, root } = readSuperblock(descriptor, size, base);
    this.#source = source;
    this.#root = readObjectHeader(source, root);
    if (!isGroup(this.#root)) throw new Hdf5Failure('the file has no root group');
    this.#links = readLinks(source, this.#root);
  }

  /** Link names at the top of the file. */
  rootNames(): string[] {
    return [...this.#links.keys()];
  }

  /** Describes all datasets in a group, or in the file; they can be read until {@link forgetGroup}. */
  listGroup(path?: string): Hdf5Dataset[] {
    const listed: Hdf5Dataset[] = [];
    let objects = 0;
    const visit = (links: ReadonlyMap<string, number>, prefix: string, depth: number) => {
      for (const [name, address] of links) {
        if (depth > MAX_DEPTH || ++objects > MAX_OBJECTS) throw new UnsupportedHdf5('many groups');
        const object = readObjectHeader(this.#source, address);
        const at = `${prefix}${name}`;
        if (isGroup(object)) visit(readLinks(this.#source, object), `${at}/`, depth + 1);
        else if (object.has(messageType.layout)) {
          const found = describe(at, object);
          this.#found.set(at, found);
          listed.push(found.dataset);
        }
      }
    };
    if (path === undefined) visit(this.#links, '', 0);
    else visit(readLinks(this.#source, this.#object(path)), `${path}/`, 0);
    return listed;
  }

  /** Frees the memory that {@link listGroup} took. */
  forgetGroup(path: string): void {
    for (const name of this.#found.keys()) {
      if (!name.startsWith(`${path}/`)) continue;
      this.#found.delete(name);
      this.#chunked.delete(name);
    }
  }

  /** The attributes of a group (`''` is the root) or dataset by name. */
  attributes(path: string): Map<string, Hdf5Attribute> {
    return readAttributes(this.#source, path === '' ? this.#root : this.#object(path));
  }

  /**
   * Reads rows of a numeric dataset, or all of a scalar, which counts as one row.
   *
   * @throws UnsupportedHdf5 where that is left to libhdf5.
   */
  readRows(path: string, start: number, stop: number): NumberArray {
    const { dataset, element } = this.#known(path);
    const rowElements = dataset.shape.slice(1).reduce((product, n) => product * n, 1);
    const target = allocateNumbers(dataset.dtype, (stop - start) * rowElements);
    const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
    this.#readBytes(path, start, stop, bytes);
    if (element.bigEndian) swapBytes(bytes, element.bytes);
    return target;
  }

  /** @returns The strings of a dataset in order. */
  readStrings(path: string): string[] {
    const { dataset, element } = this.#known(path);
    const count = dataset.shape.reduce((product, n) => product * n, 1);
    const bytes = new Uint8Array(count * element.bytes);
    this.#readBytes(path, 0, dataset.shape[0] ?? 1, bytes);
    return readStringElements(this.#source, element, bytes, count);
  }

  /** What was listed here; where that was left to libhdf5, so is the rest. */
  #known(path: string): Found {
    const found = this.#found.get(path);
    if (found === undefined) throw new UnsupportedHdf5('a dataset that was listed by libhdf5');
    return found;
  }

  #object(path: string): ObjectHeader {
    let links = this.#links;
    let object = this.#root;
    for (const [i, name] of path.split('/').entries()) {
      if (i > 0) links = readLinks(this.#source, object);
      const address = links.get(name);
      if (address === undefined) throw new Hdf5Failure(`there is nothing at ${path}`);
      object = readObjectHeader(this.#source, address);
    }
    return object;
  }

  #readBytes(path: string, start: number, stop: number, target: Uint8Array): void {
    const { dataset, element, filters, storage } = this.#known(path);
    if (storage === undefined) throw new UnsupportedHdf5('unusual storage');
    const rowBytes = stop > start ? target.length / (stop - start) : 0;
    const whole = rowBytes * (dataset.shape[0] ?? 1);
    if (storage.kind === 'compact') {
      if (storage.bytes.length < whole) throw new Hdf5Failure('a dataset is longer than what is stored of it');
      target.set(storage.bytes.subarray(start * rowBytes, stop * rowBytes));
    } else if (storage.kind === 'contiguous') {
      if (storage.address === undefined) throw new UnsupportedHdf5('data that were never written');
      if (storage.size < whole) throw new Hdf5Failure('a dataset is longer than what is stored of it');
      this.#source.readInto(target, storage.address + start * rowBytes);
    } else {
      let data = this.#chunked.get(path);
      if (data === undefined) {
        if (storage.elementBytes !== element.bytes) throw new Hdf5Failure('chunks hold elements of another size');
        data = new ChunkedData(this.#source, dataset.shape, storage, filters);
        this.#chunked.set(path, data);
      }
      data.readRows(start, stop, target);
    }
  }
}

function describe(path: string, header: ObjectHeader): Found {
  const space = onlyMessage(header, messageType.dataspace);
  const type = onlyMessage(header, messageType.datatype);
  if (space === undefined || type === undefined) throw new Hdf5Failure(`"${path}" has no shape or type`);
  const shape = readDataspace(space);
  const element = readDatatype(type);
  const filters = readFilters(onlyMessage(header, messageType.filters));
  const storage = storageOf(header, filters);
  const { bytes, variableLength } = element;
  const names = filters.map(({ id, name }) => filterName(id, name));
  if (shape === undefined) {
    const nothing: Hdf5Dataset = { path, shape: [0], dtype: 'other', bytes, variableLength, filters: names };
    return { dataset: nothing, element, filters, storage: undefined };
  }
  const chunks = storage?.kind === 'chunked' ? storage.chunk : undefined;
  if (chunks !== undefined && chunks.length !== shape.length) throw new Hdf5Failure('chunks have another rank');
  const dataset: Hdf5Dataset = { path, shape, dtype: element.dtype, bytes, variableLength, chunks, filters: names };
  return { dataset, element, filters, storage };
}

function storageOf(header: ObjectHeader, filters: readonly Filter[]): Storage | undefined {
  const storage = readStorage(header);
  if (storage.kind !== 'chunked' && filters.length > 0) throw new Hdf5Failure('data in one piece have filters');
  return storage;
}

function swapBytes(bytes: Buffer, elementBytes: number): void {
  if (elementBytes === 2) bytes.swap16();
  else if (elementBytes === 4) bytes.swap32();
  else if (elementBytes === 8) bytes.swap64();
}
