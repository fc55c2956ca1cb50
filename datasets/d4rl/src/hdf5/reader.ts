import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import type { Dataset as H5Dataset, File as H5File } from 'h5wasm';
import { descriptorBytes, readHeapStrings } from './global-heap.ts';
import { Hdf5Failure, type Hdf5Library, loadLibrary } from './library.ts';
import type { MountedFile } from './mounted-file.ts';

/** Numbers as they come out of a file. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** What a dataset of an HDF5 file holds. */
export interface Hdf5Dataset {
  readonly path: string;
  readonly shape: readonly number[];
  /** `bool` is h5py's enumeration; `other` cannot be read here. */
  readonly dtype: Hdf5Type;
  /** Of one element. */
  readonly bytes: number;
  /** Whether it holds strings that are kept elsewhere in the file. */
  readonly variableLength: boolean;
  readonly chunks?: readonly number[];
  /** In the order of the pipeline, for instance `deflate`. */
  readonly filters: readonly string[];
}

export type Hdf5Type =
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
  | 'bool'
  | 'string'
  | 'other';

const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
/** HDF5's built-in filters by number; h5wasm has no others. */
const BUILT_IN_FILTERS = ['deflate', 'shuffle', 'fletcher32', 'szip', 'nbit', 'scaleoffset'];
const MAX_DEPTH = 8;
const MAX_OBJECTS = 10_000;
const MAX_CHUNK_BYTES = 2 ** 28;
const MAX_STRING_BYTES = 2 ** 24;
/** Deflate packs at most so many bytes into one. */
const MAX_EXPANSION = 1032;
/** Rows are read in blocks of about so many bytes, which bounds WebAssembly's memory. */
const BLOCK_BYTES = 2 ** 22;

/** An HDF5 file open for reading, with everything about its datasets checked before any is read. */
export class Hdf5File {
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  readonly #library: Hdf5Library;
  readonly #file: H5File;
  readonly #mounted: MountedFile;
  #open = true;

  private constructor(path: string, library: Hdf5Library, mounted: MountedFile) {
    this.path = path;
    this.bytes = mounted.size;
    this.#library = library;
    this.#mounted = mounted;
    try {
      this.#file = library.run(() => new library.h5wasm.File(mounted.path, 'r'));
    } catch (error) {
      library.unmount(mounted);
      throw damaged(path, error);
    }
    try {
      this.datasets = this.#listDatasets();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws InputError when `path` is no whole HDF5 file. */
  static async open(path: string): Promise<Hdf5File> {
    checkSignature(path);
    const library = await loadLibrary();
    let mounted: MountedFile;
    try {
      mounted = library.mount(path);
    } catch (error) {
      throw readError(path, error);
    }
    return new Hdf5File(path, library, mounted);
  }

  /** @returns Rows `start` to `stop` (excluded) of a numeric dataset, row by row. */
  readRows(name: string, start: number, stop: number): NumberArray {
    const dataset = this.#numeric(name);
    const width = dataset.shape.slice(1).reduce((product, n) => product * n, 1);
    const target = allocate(dataset.dtype, (stop - start) * width);
    const chunkRows = dataset.chunks?.[0] ?? 1;
    const rowBytes = Math.max(1, width * dataset.bytes);
    const blockRows = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes / chunkRows)) * chunkRows;
    const bytes = new Uint8Array(target.buffer);
    // Blocks begin where chunks do, so that no chunk is unpacked twice.
    for (let at = start; at < stop; ) {
      const until = Math.min(stop, (Math.floor(at / blockRows) + 1) * blockRows);
      this.#readBlock(dataset, at, until, bytes.subarray((at - start) * rowBytes, (until - start) * rowBytes));
      at = until;
    }
    return target;
  }

  /** @returns All of a numeric dataset of any rank. */
  readAll(name: string): NumberArray {
    const { shape, dtype } = this.#numeric(name);
    if (shape.length > 0) return this.readRows(name, 0, shape[0]);
    const target = allocate(dtype, 1);
    target[0] = this.#run(name, (data) => data.value) as never;
    return target;
  }

  /** @returns A string, or the strings of an array in order; undefined where variable-length ones are not in one piece. */
  readStrings(name: string): string | string[] | undefined {
    const { shape, bytes, variableLength } = this.#dataset(name);
    const count = shape.reduce((product, n) => product * n, 1);
    if (count * bytes > MAX_STRING_BYTES) {
      throw this.#refuse(name, `strings of ${count * bytes} bytes, more than a D4RL file holds`);
    }
    if (!variableLength) return this.#run(name, (data) => data.value) as string | string[];
    const strings = this.#readVariableStrings(name, count);
    return shape.length === 0 ? strings?.[0] : strings;
  }

  /** Releases the file; what was read stays valid. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#library.run(() => this.#file.close());
    } catch {
      // Nothing was written, so nothing can be lost.
    }
    this.#library.unmount(this.#mounted);
  }

  /** Works for strings stored in one piece, as h5py stores them unless told otherwise. */
  #readVariableStrings(name: string, count: number): string[] | undefined {
    const { Module } = this.#library.h5wasm;
    const { file_id: id } = this.#file;
    const pointer = Module._malloc(descriptorBytes(count));
    const descriptors = this.#mounted.captureRead(() => {
      try {
        this.#library.run(() => Module.get_dataset_data(id, `/${name}`, null, null, null, BigInt(pointer)));
      } catch (error) {
        // That the read fails is the point.
        if (!(error instanceof Hdf5Failure)) throw error;
      }
    });
    if (this.#library.usable) Module._free(pointer);
    if (descriptors?.length !== descriptorBytes(count)) return undefined;
    const strings = readHeapStrings(descriptors, (address, length) => this.#mounted.readAt(address, length));
    if (strings === undefined) throw damaged(this.path, new Hdf5Failure('a string is not in its heap'), name);
    return strings;
  }

  /** Like h5wasm's `Dataset.slice`, without its two copies. */
  #readBlock({ path, shape }: Hdf5Dataset, start: number, stop: number, target: Uint8Array): void {
    const { Module } = this.#library.h5wasm;
    const count = [stop - start, ...shape.slice(1)].map(BigInt);
    const offset = [start, ...shape.slice(1).fill(0)].map(BigInt);
    const strides = shape.map(() => 1n);
    this.#run(path, () => {
      const pointer = Module._malloc(target.length);
      if (pointer === 0) throw new Error('no memory left');
      try {
        Module.get_dataset_data(this.#file.file_id, `/${path}`, count, offset, strides, BigInt(pointer));
        target.set(Module.HEAPU8.subarray(pointer, pointer + target.length));
      } finally {
        Module._free(pointer);
      }
      return target;
    });
  }

  #run(name: string, read: (dataset: H5Dataset) => unknown): unknown {
    if (!this.#open) throw new Error(`${this.path} is closed.`);
    try {
      return this.#library.run(() => {
        const data = read(this.#file.get(name) as H5Dataset);
        if (data === null || data === undefined) throw new Error('no data');
        return data;
      });
    } catch (error) {
      throw damaged(this.path, error, name);
    }
  }

  #dataset(name: string): Hdf5Dataset {
    const dataset = this.datasets.get(name);
    if (dataset === undefined) throw new Error(`${this.path} has no dataset ${name}.`);
    return dataset;
  }

  /** Checks what the file claims against what it can hold before memory is taken for it. */
  #numeric(name: string): Hdf5Dataset {
    const dataset = this.#dataset(name);
    const { shape, dtype, bytes, chunks, filters } = dataset;
    if (dtype === 'string' || dtype === 'other') throw this.#refuse(name, `${dtype} data where numbers were expected`);
    const unreadable = filters.find((filter) => !BUILT_IN_FILTERS.includes(filter));
    if (unreadable !== undefined) {
      throw this.#refuse(name, `data packed by the filter "${unreadable}"`, 'write it again with gzip');
    }
    const size = shape.reduce((product, n) => product * n, bytes);
    const expansion = filters.length > 0 ? MAX_EXPANSION : 1;
    if (!Number.isSafeInteger(size) || size > this.bytes * expansion + BLOCK_BYTES) {
      throw this.#refuse(name, `${size} bytes, more than a file of ${this.bytes} bytes can hold`);
    }
    if ((chunks ?? []).reduce((product, n) => product * n, bytes) > MAX_CHUNK_BYTES) {
      throw this.#refuse(name, `chunks of more than ${MAX_CHUNK_BYTES} bytes`, 'write it again with smaller ones');
    }
    return dataset;
  }

  #refuse(name: string, claim: string, advice = 'get a fresh copy'): InputError {
    return new InputError(`${this.path}: "${name}" claims ${claim}, so ${advice}.`);
  }

  #listDatasets(): Map<string, Hdf5Dataset> {
    const { Group, Dataset } = this.#library.h5wasm;
    const found = new Map<string, Hdf5Dataset>();
    let objects = 0;
    const visit = (group: InstanceType<typeof Group>, prefix: string, depth: number) => {
      for (const name of group.keys()) {
        const path = `${prefix}${name}`;
        if (depth > MAX_DEPTH || ++objects > MAX_OBJECTS) {
          throw new InputError(`${this.path} has deeper or more groups than a D4RL file, so choose another file.`);
        }
        const entity = group.get(name);
        if (entity instanceof Group) visit(entity, `${path}/`, depth + 1);
        else if (entity instanceof Dataset) found.set(path, describe(path, entity));
      }
    };
    try {
      this.#library.run(() => visit(this.#file, '', 0));
    } catch (error) {
      throw damaged(this.path, error);
    }
    return found;
  }
}

function describe(path: string, dataset: H5Dataset): Hdf5Dataset {
  const { shape, size, chunks, type, signed, vlen, enum_type: enumeration } = dataset.metadata;
  const filters =
    chunks === null ? [] : dataset.filters.map(({ id, name }) => BUILT_IN_FILTERS[id - 1] ?? `${id} ${name}`.trim());
  const members = enumeration?.members ?? {};
  const isBoolean = members.FALSE === 0 && members.TRUE === 1 && Object.keys(members).length === 2;
  let dtype: Hdf5Type = 'other';
  if (type === 1 && (size === 4 || size === 8)) dtype = size === 4 ? 'float32' : 'float64';
  else if (type === 8 && isBoolean && size === 1) dtype = 'bool';
  else if (type === 0 && [1, 2, 4, 8].includes(size)) dtype = `${signed ? 'int' : 'uint'}${8 * size}` as Hdf5Type;
  else if (type === 3) dtype = 'string';
  if (shape === null) return { path, shape: [0], dtype: 'other', bytes: size, variableLength: vlen, filters };
  return {
    path,
    shape,
    dtype,
    bytes: vlen ? descriptorBytes(1) : size,
    variableLength: vlen,
    chunks: chunks ?? undefined,
    filters,
  };
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

function allocate(dtype: Hdf5Type, length: number): NumberArray {
  return new arrays[dtype as keyof typeof arrays](length);
}

/** HDF5 allows a user's block in front; its signature then stands at 512, 1024, 2048 ... */
function checkSignature(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw readError(path, error);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw readError(path, { code: stats.isDirectory() ? 'EISDIR' : 'special' });
    const bytes = new Uint8Array(8);
    for (let at = 0; at < stats.size; at = at === 0 ? 512 : 2 * at) {
      readSync(descriptor, bytes, 0, 8, at);
      if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return;
    }
    const what = stats.size === 0 ? 'is empty' : 'is not an HDF5 file';
    throw new InputError(`${path} ${what}, where a D4RL dataset in HDF5 was expected, so choose another file.`);
  } finally {
    closeSync(descriptor);
  }
}

function readError(path: string, error: unknown): unknown {
  const { code } = error as { code?: string };
  const expected = 'where a D4RL dataset in HDF5 was expected';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new InputError(`${path} does not exist, so check the path.`);
  if (code === 'EISDIR') return new InputError(`${path} is a directory ${expected}, so name a file in it.`);
  if (code === 'special') return new InputError(`${path} is not a regular file ${expected}, so choose another.`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new InputError(`${path} may not be read by you, so change its permissions.`);
  }
  return error;
}

function damaged(path: string, error: unknown, name?: string): unknown {
  if (!(error instanceof Hdf5Failure)) return error;
  const where = name === undefined ? path : `"${name}" of ${path}`;
  const truncated = /truncated file: eof = (\d+).*stored_eof = (\d+)/.exec(error.message);
  if (truncated !== null) {
    const [, has, expected] = truncated;
    return new InputError(`${path} is cut off, ${has} of ${expected} bytes are there, so get a whole copy.`);
  }
  const reason = error.message
    .replaceAll(/\s+/g, ' ')
    .replace(/: time = .*/, '')
    .slice(0, 200);
  return new InputError(`${where} is damaged (HDF5: ${reason}), so get a fresh copy.`);
}
