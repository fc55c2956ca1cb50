import type { D4rlMetadata } from '@understudy/d4rl';
import type { NumberArray } from '@understudy/d4rl/hdf5';

/** Element types of columns, by NumPy's names. `bool` is a byte, 0 or 1. */
export type ColumnType =
  | 'float32'
  | 'float64'
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64';

/** One column of a dataset: a name such as `observations` or `infos/qpos`, and what a row of it is. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Of one row: `[]` is a number, `[n]` a vector. */
  readonly shape: readonly number[];
}

/** What is known of an episode beside its rows. */
export interface EpisodeNote {
  readonly length: number;
  /** Of the environment's reset. */
  readonly seed?: number;
  /** Options of the environment's reset and other attributes, as plain JSON. */
  readonly attributes?: { readonly [name: string]: unknown };
}

/** A dataset without its rows: all that is known before the first one is read. */
export interface Header {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Everything about the whole dataset: policy, environment, authors; arrays are allowed. */
  readonly metadata: D4rlMetadata;
  /** Where the episodes are known beyond the flags `terminals` and `timeouts`. */
  readonly episodes?: readonly EpisodeNote[];
}

/** Rows of all columns, in the header's order; flat and row by row. Valid until the next block is asked for. */
export interface Block {
  readonly rows: number;
  readonly data: readonly NumberArray[];
}

/** A dataset being read, block by block. */
export interface Source {
  readonly header: Header;
  /** What reading leaves out, one sentence part each: `the infos of each episode's final observation`. */
  readonly losses: readonly string[];
  /** Reads the rows from the first one on; called once. */
  blocks(): AsyncIterable<Block>;
  close(): Promise<void> | void;
}

/** A dataset being written; nothing is seen under its name before {@link finish}. */
export interface Sink {
  write(block: Block): Promise<void> | void;
  /** What was left out on the way, known only now. */
  finish(): Promise<readonly string[]> | readonly string[];
  /** Gives up and removes what was written. May be called at any time. */
  discard(): Promise<void> | void;
}

/** What {@link openSink} functions get beside the header. */
export interface SinkOptions {
  /** Whether anything may be left out; where it may not, a sink that notices throws. */
  readonly lossy: boolean;
  /** Id of a Minari dataset. */
  readonly id?: string;
}

/** Rows are handed on in blocks of about so many bytes. */
const BLOCK_BYTES = 2 ** 22;

export const columnArrays = {
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

/** Whether a word is one of the types of columns. */
export function isColumnType(word: unknown): word is ColumnType {
  return typeof word === 'string' && Object.hasOwn(columnArrays, word);
}

/** Zeros of a type. */
export function createArray(type: ColumnType, length: number): NumberArray {
  return new columnArrays[type](length);
}

/** Numbers in a row. */
export function widthOf({ shape }: Pick<Column, 'shape'>): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Bytes of a row. */
export function rowBytesOf(column: Column): number {
  return widthOf(column) * columnArrays[column.type].BYTES_PER_ELEMENT;
}

/** Rows of a block: a power of two. */
export function blockRowsOf(columns: readonly Column[]): number {
  const bytes = columns.reduce((sum, column) => sum + rowBytesOf(column), 1);
  return 2 ** Math.max(0, Math.min(16, Math.floor(Math.log2(BLOCK_BYTES / bytes))));
}

/** The bytes of an array, not copied. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Copies `source` to `target` from `at` on, converting numbers to the target's type. */
export function copyNumbers(source: NumberArray, target: NumberArray, at = 0): void {
  const big = target instanceof BigInt64Array || target instanceof BigUint64Array;
  const fromBig = source instanceof BigInt64Array || source instanceof BigUint64Array;
  if (big === fromBig) {
    (target as Float64Array).set(source as Float64Array, at);
    return;
  }
  for (let i = 0; i < source.length; i++) target[at + i] = (big ? BigInt(source[i]) : Number(source[i])) as never;
}

/** `source` as an array of a column's type; itself where it already is. */
export function asType(source: NumberArray, type: ColumnType): NumberArray {
  if (source instanceof columnArrays[type]) return source;
  const target = createArray(type, source.length);
  copyNumbers(source, target);
  return target;
}
