/** What h5wasm tells of datasets and attributes, in the terms of this package. */
import type { Dataset as H5Dataset } from 'h5wasm';
import { filterName, type Hdf5Attribute, type Hdf5Dataset, type Hdf5Type, type NumberArray } from './dataset.ts';
import { descriptorBytes } from './global-heap.ts';

/** Describes a dataset of libhdf5 as {@link Hdf5Dataset} does; types that are not read here are `other`. */
export function describeDataset(path: string, dataset: H5Dataset): Hdf5Dataset {
  const { shape, size, chunks, type, signed, vlen, enum_type: enumeration } = dataset.metadata;
  const filters = chunks === null ? [] : dataset.filters.map(({ id, name }) => filterName(id, name));
  const isBoolean = isBooleanEnumeration(enumeration?.members);
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

/** Whether an enumeration is the one that h5py stores booleans as. */
export function isBooleanEnumeration(members: Readonly<Record<string, number>> = {}): boolean {
  return members.FALSE === 0 && members.TRUE === 1 && Object.keys(members).length === 2;
}

/**
 * An attribute's value; undefined for types that are left out. h5wasm gives arrays for what is not a scalar, and booleans
 * as numbers in an array or alone.
 */
export function attributeValue(value: unknown, scalar: boolean): Hdf5Attribute | undefined {
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return value as Hdf5Attribute;
  if (ArrayBuffer.isView(value)) {
    const numbers = value as NumberArray;
    return scalar && numbers.length === 1 ? numbers[0] : numbers;
  }
  if (!Array.isArray(value)) return undefined;
  if (value.every((item) => typeof item === 'string')) return scalar && value.length === 1 ? value[0] : value;
  return undefined;
}
