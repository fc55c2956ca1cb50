import { InputError } from '@understudy/errors';
import type { D4rlFix } from './catalogue/faults.ts';
import type { ColumnData, D4rlMetadata, MetadataValue } from './columns.ts';
import { findFix } from './fixes/find-fix.ts';
import type { ColumnFix, StoredRows } from './fixes/fix.ts';
import { type Hdf5Dataset, Hdf5File, type Hdf5FileOptions, type NumberArray } from './hdf5/reader.ts';
import { columnRows, findColumns, readColumn, type StoredColumn } from './stored-columns.ts';

/** Options of {@link openD4rl}. */
export interface OpenD4rlOptions extends Hdf5FileOptions {
  /** Corrections of known faults of published files, made while the rows are read. Default: none. */
  readonly fixes?: readonly D4rlFix[];
  /** Of a file that is cut into chunks, `virtual/<number>/`, only this one. Default: all in order. */
  readonly chunk?: number;
  /** Refuses a file of another environment. */
  readonly expect?: { readonly name: string; readonly observationSize?: number; readonly actionSize?: number };
}

/** A column as the file describes it. */
export interface D4rlColumnInfo {
  /** For instance `observations` or `infos/qpos`. */
  readonly name: string;
  /** As stored, so `(N, 1)` rewards show as such. */
  readonly shape: readonly number[];
  /** `float32`, `float64`, `bool` (h5py's), `int8` ... `uint64`. */
  readonly dtype: string;
  /** Shape of a chunk; undefined where the column is stored in one piece. */
  readonly chunks?: readonly number[];
  /** For instance `deflate`, which is gzip. */
  readonly filters: readonly string[];
}

const MAX_METADATA_BYTES = 2 ** 28;

/**
 * Opens a D4RL file without reading its columns. Names, ranks, types and lengths are checked first.
 *
 * Understood are the layouts that D4RL's files have: float32 and float64, rewards and flags as `(N,)` or `(N, 1)`,
 * booleans as h5py's enumeration, integers or floats, with or without `timeouts` and `next_observations`, in one piece or
 * cut into chunks.
 *
 * @throws InputError when the file is missing, no HDF5, cut off, damaged, of another shape than D4RL's or than expected,
 *   or not one that a fix is for.
 */
export async function openD4rl(path: string, options: OpenD4rlOptions = {}): Promise<D4rlFile> {
  const fixes = (options.fixes ?? []).map(findFix);
  const file = await Hdf5File.open(path, options);
  try {
    return new D4rlFile(file, fixes, options);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** An open D4RL file, read column by column and slice by slice; see {@link openD4rl}. Close it when done. */
export class D4rlFile {
  readonly path: string;
  /** Of the file on disk. */
  readonly bytes: number;
  readonly transitions: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** The columns with one row a transition, by name; metadata is not among them. */
  readonly columns: ReadonlyMap<string, D4rlColumnInfo>;
  readonly #file: Hdf5File;
  readonly #stored: ReadonlyMap<string, StoredColumn>;
  readonly #fixes: readonly ColumnFix[];
  readonly #storedRows: StoredRows;

  /** Use {@link openD4rl}. */
  constructor(file: Hdf5File, fixes: readonly ColumnFix[], { chunk, expect }: OpenD4rlOptions) {
    this.#file = file;
    this.path = file.path;
    this.bytes = file.bytes;
    const columns = findColumns(file, chunk);
    this.#stored = new Map(columns.map((column) => [column.name, column]));
    this.transitions = columnRows(this.#stored.get('rewards')!);
    for (const column of columns) this.#check(column);
    this.columns = new Map(columns.map((column) => [column.name, describe(column)]));
    this.observationSize = this.width('observations');
    this.actionSize = this.width('actions');
    if (this.columns.has('next_observations') && this.width('next_observations') !== this.observationSize) {
      throw new InputError(
        `${file.path}: "next_observations" has ${this.width('next_observations')} numbers a row and "observations" ` +
          `${this.observationSize}, so choose a file where both agree.`,
      );
    }
    if (expect !== undefined) this.#checkExpected(expect);
    this.#fixes = fixes;
    this.#storedRows = {
      transitions: this.transitions,
      width: (name) => this.width(name),
      has: (name) => this.columns.has(name),
      read: (name, start, stop) => narrow(readColumn(file, this.#stored.get(name)!, start, stop)),
    };
    for (const fix of fixes) fix.check(this.path, this.#storedRows);
  }

  /** Numbers that one row of a column holds. */
  width(name: string): number {
    return this.#column(name)
      .shape.slice(1)
      .reduce((product, n) => product * n, 1);
  }

  /** Bytes that a column takes in memory once read. */
  memoryBytes(name: string): number {
    return this.transitions * this.width(name) * elementBytesInMemory(this.#column(name));
  }

  /**
   * Reads rows of a column.
   *
   * @param start - First row, default 0.
   * @param stop - One past the last row, default all.
   * @returns `[stop - start, width]` flat: float32 and float64 as they are, booleans as 0 and 1, small integers as
   *   Int32Array (8 bit unsigned ones as Uint8Array), larger ones as Float64Array.
   * @throws InputError when the rows do not exist or the file is damaged there.
   */
  async read(name: string, start = 0, stop = this.transitions): Promise<ColumnData> {
    return this.#rows(name, start, stop);
  }

  /** Like {@link D4rlFile.read}, as floating point: integers become float32 where that is exact, else float64. */
  async readFloats(name: string, start = 0, stop = this.transitions): Promise<Float32Array | Float64Array> {
    const rows = this.#rows(name, start, stop);
    if (rows instanceof Float32Array || rows instanceof Float64Array) return rows;
    // Integers of 32 bits do not fit float32, and those of 8 and 16 are Int32Array here too.
    const narrowType = /^u?int(8|16)$|^bool$/.test(this.#column(name).dtype);
    return narrowType ? Float32Array.from(rows) : Float64Array.from(rows);
  }

  /** Like {@link D4rlFile.read}, as flags: 1 where the number is not 0. */
  async readFlags(name: string, start = 0, stop = this.transitions): Promise<Uint8Array> {
    const rows = this.#rows(name, start, stop);
    const flags = new Uint8Array(rows.length);
    // A NaN is a set flag, as in NumPy.
    for (let i = 0; i < rows.length; i++) flags[i] = rows[i] === 0 ? 0 : 1;
    return flags;
  }

  /** Everything under `metadata/`; empty where there is nothing. Values of unknown types are left out, and so
   * are variable-length strings that are not stored in one piece. */
  async readMetadata(): Promise<D4rlMetadata> {
    const entries = [...this.#file.datasets.values()].filter(({ path }) => path.startsWith('metadata/'));
    const bytes = entries.reduce((sum, { shape, bytes }) => sum + shape.reduce((product, n) => product * n, bytes), 0);
    if (bytes > MAX_METADATA_BYTES) {
      throw new InputError(`${this.path} claims ${bytes} bytes of metadata, so get a fresh copy.`);
    }
    const root: Record<string, MetadataValue> = Object.create(null);
    for (const entry of entries) {
      if (entry.dtype === 'other') continue;
      const names = entry.path.split('/').slice(1);
      const last = names.pop()!;
      let group = root;
      for (const name of names) {
        group[name] ??= Object.create(null) as D4rlMetadata;
        group = group[name] as Record<string, MetadataValue>;
      }
      const value = this.#metadataValue(entry);
      if (value !== undefined) group[last] = value;
    }
    return root;
  }

  /** Releases the file. What was read stays valid; further reads throw. */
  close(): void {
    this.#file.close();
  }

  #metadataValue({ path, shape, dtype }: Hdf5Dataset): MetadataValue | undefined {
    if (dtype === 'string') return this.#file.readStrings(path);
    const data = narrow(this.#file.readAll(path));
    if (shape.length > 0) return { data, shape };
    return dtype === 'bool' ? data[0] !== 0 : data[0];
  }

  #rows(name: string, start: number, stop: number): ColumnData {
    this.#column(name);
    if (!Number.isInteger(start) || !Number.isInteger(stop) || start < 0 || stop < start || stop > this.transitions) {
      throw new InputError(`${this.path} has rows 0 to ${this.transitions}, so read none from ${start} to ${stop}.`);
    }
    const rows = this.#storedRows.read(name, start, stop);
    for (const fix of this.#fixes) if (fix.column === name) fix.correct(rows, start, this.#storedRows);
    return rows;
  }

  #column(name: string): D4rlColumnInfo {
    const column = this.columns.get(name);
    if (column !== undefined) return column;
    throw new InputError(`${this.path} has no column "${name}", so use one of ${[...this.columns.keys()].join(', ')}.`);
  }

  #checkExpected({ name, observationSize, actionSize }: NonNullable<OpenD4rlOptions['expect']>): void {
    const wrongObservations = observationSize !== undefined && observationSize !== this.observationSize;
    if (!wrongObservations && (actionSize === undefined || actionSize === this.actionSize)) return;
    throw new InputError(
      `${this.path} has observations of ${this.observationSize} numbers and actions of ${this.actionSize}, and ` +
        `${name} ${observationSize ?? 'any'} and ${actionSize ?? 'any'}, so choose the file that belongs to it.`,
    );
  }

  #check(column: StoredColumn): void {
    const { name, parts } = column;
    const wrong = (is: string, expected: string) =>
      new InputError(`${this.path}: "${name}" ${is} where ${expected} was expected, so choose a D4RL dataset.`);
    const [first] = parts;
    for (const { shape, dtype } of parts) {
      if (dtype === 'string' || dtype === 'other') {
        throw wrong(dtype === 'string' ? 'holds text' : 'holds an unknown type', 'a column of numbers');
      }
      if (shape.length === 0) throw wrong('is a single number', 'one row a transition');
      if (dtype !== first.dtype || `${shape.slice(1)}` !== `${first.shape.slice(1)}`) {
        throw wrong('changes its type or shape from chunk to chunk', 'one of each');
      }
      const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
      if (['rewards', 'terminals', 'timeouts'].includes(name) && !flat) {
        throw wrong(`has the shape [${shape}]`, `[${shape[0]}]`);
      }
      if (shape.slice(1).some((n) => n === 0)) throw wrong(`has the shape [${shape}]`, 'at least one number a row');
    }
    const rows = columnRows(column);
    if (rows !== this.transitions) throw wrong(`has ${rows} rows`, `${this.transitions}, as in "rewards",`);
    if (this.transitions === 0) throw wrong('is empty', 'at least one transition');
  }
}

function describe(column: StoredColumn): D4rlColumnInfo {
  const { shape, dtype, chunks, filters } = column.parts[0];
  return { name: column.name, shape: [columnRows(column), ...shape.slice(1)], dtype, chunks, filters };
}

function elementBytesInMemory({ name, dtype }: D4rlColumnInfo): number {
  if (name === 'terminals' || name === 'timeouts' || dtype === 'bool' || dtype === 'uint8') return 1;
  return dtype === 'float64' || (/32|64/.test(dtype) && dtype.includes('int')) ? 8 : 4;
}

function toFloat64(data: NumberArray): Float64Array {
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = Number(data[i]);
  return result;
}

/** The nearest type that {@link ColumnData} has, without loss for integers up to 2^53. */
function narrow(data: NumberArray): ColumnData {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (data instanceof Int32Array || data instanceof Uint8Array) return data;
  if (data.BYTES_PER_ELEMENT <= 2) return Int32Array.from(data as Int16Array);
  return toFloat64(data);
}
