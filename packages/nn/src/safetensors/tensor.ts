/** Element types that this package stores, by their names in the format. */
export type TensorType = 'F32' | 'F64' | 'I64' | 'I32' | 'U8' | 'BOOL';

/** The array that holds elements of each type; `BOOL` elements are 0 or 1. */
export interface TensorData {
  F32: Float32Array;
  F64: Float64Array;
  I64: BigInt64Array;
  I32: Int32Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

/** A named array's content. */
export type Tensor = {
  [T in TensorType]: {
    dtype: T;
    /** Lengths of the axes; `[]` is a scalar. */
    shape: readonly number[];
    /** Row-major. */
    data: TensorData[T];
  };
}[TensorType];

/** What a safetensors file holds. */
export interface SafetensorsContent {
  tensors: Map<string, Tensor>;
  /** Free text by key. */
  metadata: Record<string, string>;
}

/** In the order in which the format's own writer lays tensors out: the widest elements first, so that all are aligned. */
export const tensorTypes: readonly TensorType[] = ['I64', 'F64', 'F32', 'I32', 'U8', 'BOOL'];

const arrays = {
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Bytes of one element. */
export function bytesPerElement(dtype: TensorType): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** Makes a tensor of a copy of `bytes`, whose length must fit the shape. */
export function tensorFromBytes(dtype: TensorType, shape: readonly number[], bytes: Uint8Array): Tensor {
  // A copy starts at an aligned address; not by slice(), which for a Buffer copies nothing.
  const data = new arrays[dtype](new Uint8Array(bytes).buffer);
  return { dtype, shape, data } as Tensor;
}

/** A tensor of an array: `F32` of a Float32Array, `U8` of a Uint8Array and so on; one axis unless a shape is given. */
export function tensorOf(
  data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array,
  shape: readonly number[] = [data.length],
): Tensor {
  const dtype = (['F32', 'F64', 'I64', 'I32', 'U8'] as const).find((name) => data instanceof arrays[name]);
  return { dtype, shape, data } as Tensor;
}
