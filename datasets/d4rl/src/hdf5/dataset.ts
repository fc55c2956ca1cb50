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

/** The value of an attribute; integers of 64 bits are bigint. */
export type Hdf5Attribute = string | number | bigint | boolean | readonly string[] | NumberArray;

/** HDF5's own filters by number, from 1 on; libhdf5 in WebAssembly has no others. */
export const builtInFilters = ['deflate', 'shuffle', 'fletcher32', 'szip', 'nbit', 'scaleoffset'];

/** What a filter is called in {@link Hdf5Dataset.filters}. */
export function filterName(id: number, name: string): string {
  return builtInFilters[id - 1] ?? `${id} ${name}`.trim();
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

/** An array of a numeric type's elements, zeros. */
export function allocateNumbers(dtype: Hdf5Type, length: number): NumberArray {
  return new arrays[dtype as keyof typeof arrays](length);
}
