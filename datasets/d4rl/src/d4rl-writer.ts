import { InputError } from '@understudy/errors';
import { type ColumnData, type D4rlMetadata, isShapedColumn, isStrings } from './columns.ts';
import type { StoredType } from './hdf5/messages.ts';
import { type GrowingDataset, Hdf5Writer } from './hdf5/writer.ts';

/** The element type of a file's floating point columns. */
export type D4rlFloat = 'float32' | 'float64';

/** Options of {@link D4rlWriter}. */
export interface D4rlWriterOptions {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Of observations, actions, rewards and floating point infos. D4RL's replay files have float64. Default float32. */
  readonly dtype?: D4rlFloat;
  /** gzip level, 1 to 9, or 0 for none. Default 4, as h5py's. */
  readonly compression?: number;
  /** Whether `next_observations` are recorded. Default false. */
  readonly nextObservations?: boolean;
  /** Whether `timeouts` are recorded. Default true; the oldest D4RL files lack them. */
  readonly timeouts?: boolean;
  /** Columns under `infos/` by name. */
  readonly infos?: Readonly<Record<string, InfoLayout>>;
  readonly metadata?: D4rlMetadata;
}

/** How one column under `infos/` is stored. */
export interface InfoLayout {
  /** Of one transition: `[]` for a number, `[n]` for a vector. */
  readonly shape: readonly number[];
  /** Default the file's. */
  readonly dtype?: D4rlFloat | 'int32' | 'uint8';
}

/** Any number of transitions, oldest first. All arrays are flat and row by row. */
export interface D4rlRows {
  /** `[rows, observationSize]` */
  readonly observations: Float32Array | Float64Array;
  /** `[rows, actionSize]` */
  readonly actions: Float32Array | Float64Array;
  /** `[rows]` */
  readonly rewards: Float32Array | Float64Array;
  /** `[rows]`, not 0 where the task ended. */
  readonly terminals: Uint8Array;
  /** `[rows]`, not 0 where the episode was cut off. */
  readonly timeouts?: Uint8Array;
  /** `[rows, observationSize]` */
  readonly nextObservations?: Float32Array | Float64Array;
  readonly infos?: Readonly<Record<string, ColumnData>>;
}

interface OpenColumn {
  readonly name: string;
  readonly width: number;
  readonly type: StoredType;
  readonly stored: GrowingDataset;
  readonly of: (rows: D4rlRows) => ColumnData | undefined;
}

/**
 * Writes a D4RL file while it is recorded: rows are appended in blocks of any size, packed and written chunk by chunk,
 * so memory stays the same however long the recording. The file appears under its name only on {@link close}.
 *
 * The same rows in the same blocks give the same bytes (with the same version of Node, whose zlib packs them); cut
 * otherwise, the file may hold its chunks in another order.
 */
export class D4rlWriter {
  readonly #file: Hdf5Writer;
  readonly #columns: OpenColumn[] = [];
  readonly #metadata: D4rlMetadata;
  readonly #path: string;
  #transitions = 0;
  #open = true;

  /** @throws InputError when `path` cannot be written or an option is out of range. */
  constructor(path: string, options: D4rlWriterOptions) {
    const { observationSize, actionSize, dtype = 'float32', compression = 4, infos = {} } = options;
    checkSize('observationSize', observationSize);
    checkSize('actionSize', actionSize);
    if (!Number.isInteger(compression) || compression < 0 || compression > 9) {
      throw new InputError(`compression is ${compression}, so give a gzip level from 0 (none) to 9.`);
    }
    this.#path = path;
    this.#metadata = options.metadata ?? {};
    checkMetadata(this.#metadata, 'metadata');
    const infoNames = Object.keys(infos).sort();
    for (const name of infoNames) {
      checkName(name, `infos/${name}`);
      for (const size of infos[name].shape) checkSize(`The shape of infos/${name}`, size);
    }
    this.#file = new Hdf5Writer(path, compression);
    this.#add('observations', dtype, [observationSize], (rows) => rows.observations);
    this.#add('actions', dtype, [actionSize], (rows) => rows.actions);
    this.#add('rewards', dtype, [], (rows) => rows.rewards);
    this.#add('terminals', 'bool', [], (rows) => rows.terminals);
    if (options.timeouts ?? true) this.#add('timeouts', 'bool', [], (rows) => rows.timeouts);
    if (options.nextObservations) {
      this.#add('next_observations', dtype, [observationSize], (rows) => rows.nextObservations);
    }
    for (const name of infoNames) {
      const layout = infos[name];
      this.#add(`infos/${name}`, layout.dtype ?? dtype, layout.shape, (rows) => rows.infos?.[name]);
    }
  }

  /** Transitions appended so far. */
  get transitions(): number {
    return this.#transitions;
  }

  /**
   * Appends transitions. Values are converted to the file's types; flags to 0 and 1.
   *
   * @throws InputError when a column is missing or its length is not `rewards.length` times its size, and when the disk
   *   is full; in the latter case the partial file is gone.
   */
  append(rows: D4rlRows): void {
    if (!this.#open) throw new Error(`${this.#path} is closed.`);
    const count = rows.rewards.length;
    for (const { name, width, of } of this.#columns) {
      const data = of(rows);
      if (data === undefined) throw new InputError(`The column "${name}" is missing, so append it with every block.`);
      if (data.length !== count * width) {
        throw new InputError(
          `The column "${name}" has ${data.length} numbers where ${count} transitions of ${width} were expected, ` +
            'so append whole rows of every column.',
        );
      }
    }
    for (const { type, stored, of } of this.#columns) stored.append(encode(of(rows)!, type));
    this.#transitions += count;
  }

  /**
   * Writes the rest and moves the file into place, over an earlier one of that name.
   *
   * @throws InputError when there are no transitions or the disk is full; an earlier file then stays whole.
   */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#transitions === 0) {
      this.#file.discard();
      throw new InputError(`Nothing was recorded for ${this.#path}, so record at least one transition.`);
    }
    if (Object.keys(this.#metadata).length > 0) writeMetadata(this.#file, 'metadata', this.#metadata);
    this.#file.close();
  }

  /** Gives up: removes what was written and leaves an earlier file of that name as it was. */
  discard(): void {
    this.#open = false;
    this.#file.discard();
  }

  #add(name: string, type: StoredType, shape: readonly number[], of: OpenColumn['of']): void {
    const width = shape.reduce((product, n) => product * n, 1);
    this.#columns.push({ name, width, type, of, stored: this.#file.createRows(name, type, shape) });
  }
}

const arrayTypes = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const;

/** The bytes of `data` as `type`; no copy where it already is of that type. */
function encode(data: ColumnData, type: StoredType): Uint8Array {
  if (type === 'bool') return data.map((flag) => (flag === 0 ? 0 : 1)) as Uint8Array;
  const wanted = arrayTypes[type as keyof typeof arrayTypes];
  const typed = data instanceof wanted ? data : new wanted(data);
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

/** Writes names and values as D4RL keeps them, sorted, as a group of the file. */
export function writeMetadata(file: Hdf5Writer, path: string, metadata: D4rlMetadata): void {
  file.createGroup(path);
  for (const name of Object.keys(metadata).sort()) {
    const value = metadata[name];
    const at = `${path}/${name}`;
    if (typeof value === 'string') file.writeString(at, value);
    else if (typeof value === 'boolean') file.writeArray(at, 'bool', [], Uint8Array.of(value ? 1 : 0));
    else if (typeof value === 'number') writeNumber(file, at, value);
    else if (isStrings(value)) file.writeStrings(at, value);
    else if (isShapedColumn(value)) {
      const type = storedType(value.data);
      file.writeArray(at, type, value.shape, encode(value.data, type));
    } else writeMetadata(file, at, value);
  }
}

/** Integers become int32, as D4RL's `metadata/iteration`. */
function writeNumber(file: Hdf5Writer, path: string, value: number): void {
  const type = Object.is(value | 0, value) ? 'int32' : 'float64';
  file.writeArray(path, type, [], encode(Float64Array.of(value), type));
}

function storedType(data: ColumnData): StoredType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Int32Array ? 'int32' : 'uint8';
}

function checkSize(what: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new InputError(`${what} is ${size}, so give a whole number of at least 1.`);
  }
}

function checkName(name: string, path: string): void {
  if (name === '' || name === '.' || /[/\0]/.test(name)) {
    throw new InputError(`"${path}" is no name that HDF5 can hold, so use one without slashes.`);
  }
}

/** @throws InputError when a name or value is none that {@link writeMetadata} can write. */
export function checkMetadata(metadata: D4rlMetadata, path: string): void {
  for (const [name, value] of Object.entries(metadata)) {
    const at = `${path}/${name}`;
    checkName(name, at);
    if (['string', 'number', 'boolean'].includes(typeof value)) continue;
    if (isStrings(value)) continue;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
      throw new InputError(`${at} is no string, number, boolean, { data, shape } or group of these, so leave it out.`);
    }
    if (!isShapedColumn(value)) checkMetadata(value as D4rlMetadata, at);
    else if (value.shape.reduce((product, n) => product * n, 1) !== value.data.length) {
      throw new InputError(
        `${at} has ${value.data.length} numbers, so give it a shape of that size instead of [${value.shape}].`,
      );
    }
  }
}
