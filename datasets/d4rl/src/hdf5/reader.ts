import type { Hdf5Attribute, Hdf5Dataset, NumberArray } from './dataset.ts';
import { DirectFile } from './direct/direct-file.ts';
import { UnsupportedHdf5 } from './failure.ts';
import { checkNumeric, checkStrings, damaged } from './file-errors.ts';
import type { LibraryFile } from './library-file.ts';
import type { LibraryMethod } from './library-protocol.ts';
import { LibraryThread, type ThreadFile } from './library-thread.ts';
import { OpenDescriptor } from './open-descriptor.ts';

export type { Hdf5Attribute, Hdf5Dataset, Hdf5Type, NumberArray } from './dataset.ts';

/** Options of {@link Hdf5File.open}. */
export interface Hdf5FileOptions {
  /**
   * What libhdf5 may take to answer, in seconds, beside a second for every 2^20 bytes that are read; default 30. Then the
   * file counts as damaged.
   */
  readonly patience?: number;
}

const DEFAULT_PATIENCE = 30;

/**
 * An HDF5 file open for reading, with everything about its datasets checked before any is read.
 *
 * The forms that D4RL's files have are read by {@link DirectFile}; all others by libhdf5 in WebAssembly, in a thread that
 * is ended when it takes too long.
 */
export class Hdf5File {
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  /** By path: all of them, or, in a file opened lazily, those of the groups listed so far. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  readonly #listed: Map<string, Hdf5Dataset>;
  readonly #opened: OpenDescriptor;
  readonly #patience: number;
  readonly #lazily: boolean;
  readonly #direct: DirectFile | undefined;
  #library: ThreadFile | undefined;
  /** The group that was listed for a dataset, in a file opened lazily. */
  readonly #groups = new Map<string, string>();
  /** Groups that libhdf5 listed too, which it has to before it reads from them. */
  readonly #listedInLibrary = new Set<string>();
  #open = true;

  private constructor(path: string, lazily: boolean, { patience = DEFAULT_PATIENCE }: Hdf5FileOptions) {
    this.path = path;
    this.#patience = patience;
    this.#lazily = lazily;
    this.#opened = new OpenDescriptor(path);
    this.bytes = this.#opened.size;
    try {
      const opened = this.#openDirectly();
      this.#direct = opened?.file;
      const datasets = opened?.datasets ?? this.#inLibrary().datasets;
      this.#listed = new Map(datasets.map((dataset) => [dataset.path, dataset]));
      this.datasets = this.#listed;
      this.#opened.checkUnchanged();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws InputError when `path` is no whole HDF5 file. */
  static async open(path: string, options: Hdf5FileOptions = {}): Promise<Hdf5File> {
    return new Hdf5File(path, false, options);
  }

  /**
   * Opens a file of any number of groups without looking into them; see {@link Hdf5File.listGroup}.
   *
   * @throws InputError when `path` is no whole HDF5 file.
   */
  static async openLazily(path: string, options: Hdf5FileOptions = {}): Promise<Hdf5File> {
    return new Hdf5File(path, true, options);
  }

  /** Link names at the top of the file. */
  rootNames(): string[] {
    return this.#read(
      '/',
      (direct) => direct.rootNames(),
      () => this.#call('rootNames', []),
    );
  }

  /** Describes all datasets in a group and adds them to {@link Hdf5File.datasets} until {@link forgetGroup}. */
  listGroup(path: string): Hdf5Dataset[] {
    const found = this.#read(
      path,
      (direct) => direct.listGroup(path),
      () => this.#listInLibrary(path),
    );
    for (const dataset of found) {
      this.#listed.set(dataset.path, dataset);
      this.#groups.set(dataset.path, path);
    }
    return found;
  }

  /**
   * Like {@link listGroup}, with the numbers of all its datasets where they take at most `maxBytes` together: one call
   * where each dataset would take one.
   */
  readGroup(path: string, maxBytes: number): { datasets: Hdf5Dataset[]; values: Map<string, NumberArray> } {
    const found = this.#read(
      path,
      (direct) => this.#readGroupDirectly(direct, path, maxBytes),
      () => {
        this.#listedInLibrary.add(path);
        return this.#call('readGroup', [path, maxBytes], maxBytes);
      },
    );
    for (const dataset of found.datasets) {
      this.#listed.set(dataset.path, dataset);
      this.#groups.set(dataset.path, path);
    }
    return found;
  }

  /** {@link attributes} of several groups, in order. */
  attributesOf(paths: readonly string[]): Map<string, Hdf5Attribute>[] {
    return this.#read(
      '/',
      (direct) => paths.map((path) => direct.attributes(path)),
      () => this.#call('attributesOf', [paths]),
    );
  }

  /** Frees the memory that {@link listGroup} took. */
  forgetGroup(path: string): void {
    for (const name of this.#listed.keys()) {
      if (!name.startsWith(`${path}/`)) continue;
      this.#listed.delete(name);
      this.#groups.delete(name);
    }
    this.#direct?.forgetGroup(path);
    if (this.#listedInLibrary.delete(path)) this.#call('forgetGroup', [path]);
  }

  /** The attributes of a group (`''` is the root) or dataset by name; values of other types are left out. */
  attributes(path: string): Map<string, Hdf5Attribute> {
    return this.#read(
      path,
      (direct) => direct.attributes(path),
      () => this.#call('attributes', [path]),
    );
  }

  /**
   * @returns Rows `start` to `stop` (excluded) of a numeric dataset, row by row.
   * @throws InputError when they are damaged, or the file was written to since it was opened.
   */
  readRows(name: string, start: number, stop: number): NumberArray {
    const dataset = this.#dataset(name);
    checkNumeric(this.path, this.bytes, dataset);
    const bytes = (stop - start) * dataset.shape.slice(1).reduce((product, n) => product * n, dataset.bytes);
    return this.#read(
      name,
      (direct) => direct.readRows(name, start, stop),
      () => this.#callOn(name, 'readRows', [name, start, stop], bytes),
    );
  }

  /** @returns All of a numeric dataset of any rank. */
  readAll(name: string): NumberArray {
    const dataset = this.#dataset(name);
    if (dataset.shape.length > 0) return this.readRows(name, 0, dataset.shape[0]);
    checkNumeric(this.path, this.bytes, dataset);
    return this.#read(
      name,
      (direct) => direct.readRows(name, 0, 1),
      () => this.#callOn(name, 'readAll', [name]),
    );
  }

  /** @returns A string, or the strings of an array in order; undefined where variable-length ones are not in one piece. */
  readStrings(name: string): string | string[] | undefined {
    const dataset = this.#dataset(name);
    checkStrings(this.path, dataset);
    const scalar = dataset.shape.length === 0;
    return this.#read(
      name,
      (direct) => (scalar ? direct.readStrings(name)[0] : direct.readStrings(name)),
      () => this.#callOn(name, 'readStrings', [name]),
    );
  }

  /** Releases the file; what was read stays valid. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#opened.close();
    this.#library?.thread.close(this.path, this.#library.file, this.#patience);
  }

  /** @returns Undefined where the file is left to libhdf5. */
  #openDirectly(): { file: DirectFile; datasets: readonly Hdf5Dataset[] } | undefined {
    const { descriptor, size, base } = this.#opened;
    try {
      const file = new DirectFile(descriptor, size, base);
      return { file, datasets: this.#lazily ? [] : file.listGroup() };
    } catch (error) {
      if (error instanceof UnsupportedHdf5) return undefined;
      throw damaged(this.path, error);
    }
  }

  #read<T>(name: string, directly: (file: DirectFile) => T, inLibrary: () => T): T {
    if (!this.#open) throw new Error(`${this.path} is closed.`);
    const value = this.#attempt(name, directly) ?? inLibrary();
    this.#opened.checkUnchanged();
    return value;
  }

  #attempt<T>(name: string, read: (file: DirectFile) => T): T | undefined {
    try {
      return this.#direct && read(this.#direct);
    } catch (error) {
      if (error instanceof UnsupportedHdf5) return undefined;
      this.#opened.checkUnchanged();
      throw damaged(this.path, error, name);
    }
  }

  #readGroupDirectly(direct: DirectFile, path: string, maxBytes: number) {
    const datasets = direct.listGroup(path);
    const numeric = datasets.filter(({ dtype }) => dtype !== 'string' && dtype !== 'other');
    const sizes = numeric.map(({ shape, bytes }) => shape.reduce((product, n) => product * n, bytes));
    const values = new Map<string, NumberArray>();
    if (!(sizes.reduce((sum, size) => sum + size, 0) <= maxBytes)) return { datasets, values };
    for (const dataset of numeric) {
      checkNumeric(this.path, this.bytes, dataset);
      values.set(dataset.path, direct.readRows(dataset.path, 0, dataset.shape[0] ?? 1));
    }
    return { datasets, values };
  }

  #listInLibrary(path: string): Hdf5Dataset[] {
    this.#listedInLibrary.add(path);
    return this.#call('listGroup', [path]);
  }

  /** Like {@link #call}, for a method on a dataset. */
  #callOn<Method extends LibraryMethod>(
    name: string,
    method: Method,
    parameters: Parameters<LibraryFile[Method]>,
    bytes = 0,
  ): ReturnType<LibraryFile[Method]> {
    const group = this.#groups.get(name);
    if (group !== undefined && !this.#listedInLibrary.has(group)) this.#listInLibrary(group);
    return this.#call(method, parameters, bytes);
  }

  #call<Method extends LibraryMethod>(
    method: Method,
    parameters: Parameters<LibraryFile[Method]>,
    bytes = 0,
  ): ReturnType<LibraryFile[Method]> {
    if (!this.#open) throw new Error(`${this.path} is closed.`);
    const { thread, file } = this.#inLibrary();
    return thread.call(this.path, file, method, parameters, this.#patience + bytes / 2 ** 20);
  }

  /** libhdf5 opens the file by its name, so that has to lead to the same one still. */
  #inLibrary(): ThreadFile {
    if (this.#library === undefined) {
      this.#opened.checkSameFile();
      this.#library = LibraryThread.current.open(this.path, this.#lazily, this.#patience);
    }
    return this.#library;
  }

  #dataset(name: string): Hdf5Dataset {
    const dataset = this.datasets.get(name);
    if (dataset === undefined) throw new Error(`${this.path} has no dataset ${name}.`);
    return dataset;
  }
}
