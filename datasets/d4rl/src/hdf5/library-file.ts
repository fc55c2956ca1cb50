import { InputError } from '@understudy/errors';
import type { Dataset as H5Dataset, File as H5File } from 'h5wasm';
import { allocateNumbers, type Hdf5Attribute, type Hdf5Dataset, type NumberArray } from './dataset.ts';
import { Hdf5Failure } from './failure.ts';
import { checkNumeric, damaged, readError } from './file-errors.ts';
import { descriptorBytes, readHeapStrings } from './global-heap.ts';
import { type Hdf5Library, loadLibrary } from './library.ts';
import { attributeValue, describeDataset, isBooleanEnumeration } from './library-values.ts';
import type { MountedFile } from './mounted-file.ts';

const MAX_DEPTH = 8;
const MAX_OBJECTS = 10_000;
const MAX_ATTRIBUTE_BYTES = 2 ** 20;
const MAX_ATTRIBUTES = 1000;
/** Rows are read in blocks of about so many bytes, which bounds WebAssembly's memory. */
const BLOCK_BYTES = 2 ** 22;

/**
 * A file open in libhdf5. Where a file is damaged, its calls may never return; see {@link LibraryThread}.
 */
export class LibraryFile {
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  /** By path: all of them, or, in a file opened lazily, those of the groups listed so far. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  readonly #listed: Map<string, Hdf5Dataset>;
  readonly #library: Hdf5Library;
  readonly #file: H5File;
  readonly #mounted: MountedFile;
  #open = true;

  private constructor(path: string, library: Hdf5Library, mounted: MountedFile, lazily: boolean) {
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
      this.#listed = lazily ? new Map() : this.#listDatasets();
      this.datasets = this.#listed;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws InputError when `path` is no whole HDF5 file. */
  static open(path: string): Promise<LibraryFile> {
    return LibraryFile.#openFile(path, false);
  }

  /**
   * Opens a file of any number of groups without looking into them; see {@link LibraryFile.listGroup}.
   *
   * @throws InputError when `path` is no whole HDF5 file.
   */
  static openLazily(path: string): Promise<LibraryFile> {
    return LibraryFile.#openFile(path, true);
  }

  static async #openFile(path: string, lazily: boolean): Promise<LibraryFile> {
    const library = await loadLibrary();
    let mounted: MountedFile;
    try {
      mounted = library.mount(path);
    } catch (error) {
      throw readError(path, error);
    }
    return new LibraryFile(path, library, mounted, lazily);
  }

  /** Link names at the top of the file. */
  rootNames(): string[] {
    return this.#guard('/', () => this.#file.keys());
  }

  /** Describes all datasets in a group and adds them to {@link LibraryFile.datasets} until {@link forgetGroup}. */
  listGroup(path: string): Hdf5Dataset[] {
    const found = this.#listDatasets(path);
    for (const [name, dataset] of found) this.#listed.set(name, dataset);
    return [...found.values()];
  }

  /** Frees the memory that {@link listGroup} took. */
  forgetGroup(path: string): void {
    for (const name of this.#listed.keys()) if (name.startsWith(`${path}/`)) this.#listed.delete(name);
  }

  /** Like {@link LibraryFile.listGroup}, with the numbers of all its datasets where they take at most `maxBytes`. */
  readGroup(path: string, maxBytes: number): { datasets: Hdf5Dataset[]; values: Map<string, NumberArray> } {
    const datasets = this.listGroup(path);
    const numeric = datasets.filter(({ dtype }) => dtype !== 'string' && dtype !== 'other');
    const sizes = numeric.map(({ shape, bytes }) => shape.reduce((product, n) => product * n, bytes));
    const values = new Map<string, NumberArray>();
    if (!(sizes.reduce((sum, size) => sum + size, 0) <= maxBytes)) return { datasets, values };
    for (const dataset of numeric) {
      checkNumeric(this.path, this.bytes, dataset);
      values.set(dataset.path, this.readAll(dataset.path));
    }
    return { datasets, values };
  }

  /** {@link LibraryFile.attributes} of several groups, in order. */
  attributesOf(paths: readonly string[]): Map<string, Hdf5Attribute>[] {
    return paths.map((path) => this.attributes(path));
  }

  /** The attributes of a group (`''` is the root) or dataset by name; values of other types are left out. */
  attributes(path: string): Map<string, Hdf5Attribute> {
    const values = new Map<string, Hdf5Attribute>();
    this.#guard(path, () => {
      const entity = path === '' ? this.#file : this.#file.get(path);
      if (entity === null || !('attrs' in entity)) throw new Hdf5Failure('nothing to have attributes');
      const attributes = Object.entries(entity.attrs);
      if (attributes.length > MAX_ATTRIBUTES) throw new Hdf5Failure(`${attributes.length} attributes`);
      for (const [name, attribute] of attributes) {
        const { size, total_size: count, shape, type, enum_type: enumeration } = attribute.metadata;
        if (!(Number(count) * size <= MAX_ATTRIBUTE_BYTES)) throw new Hdf5Failure(`attribute ${name} is too large`);
        const value = shape === null ? undefined : attributeValue(attribute.value, shape.length === 0);
        const flag = type === 8 && isBooleanEnumeration(enumeration?.members);
        if (value !== undefined) values.set(name, flag && typeof value === 'number' ? value !== 0 : value);
      }
    });
    return values;
  }

  /** @returns Rows `start` to `stop` (excluded) of a numeric dataset, row by row. */
  readRows(name: string, start: number, stop: number): NumberArray {
    const dataset = this.#dataset(name);
    const width = dataset.shape.slice(1).reduce((product, n) => product * n, 1);
    const target = allocateNumbers(dataset.dtype, (stop - start) * width);
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
    const { shape, dtype } = this.#dataset(name);
    if (shape.length > 0) return this.readRows(name, 0, shape[0]);
    const target = allocateNumbers(dtype, 1);
    target[0] = this.#run(name, (data) => data.value) as never;
    return target;
  }

  /** @returns A string, or the strings of an array in order; undefined where variable-length ones are not in one piece. */
  readStrings(name: string): string | string[] | undefined {
    const { shape, variableLength } = this.#dataset(name);
    const count = shape.reduce((product, n) => product * n, 1);
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

  #guard<T>(name: string, call: () => T): T {
    if (!this.#open) throw new Error(`${this.path} is closed.`);
    try {
      return this.#library.run(call);
    } catch (error) {
      throw damaged(this.path, error, name);
    }
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

  #listDatasets(under?: string): Map<string, Hdf5Dataset> {
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
        else if (entity instanceof Dataset) found.set(path, describeDataset(path, entity));
      }
    };
    try {
      this.#library.run(() => {
        const group = under === undefined ? this.#file : this.#file.get(under);
        if (!(group instanceof Group)) throw new Hdf5Failure(`${under} is no group`);
        visit(group, under === undefined ? '' : `${under}/`, 0);
      });
    } catch (error) {
      throw damaged(this.path, error);
    }
    return found;
  }
}
