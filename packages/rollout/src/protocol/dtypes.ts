/** The arrays that travel in a message's data frame, by the name of their numbers' type. All are little-endian. */
export interface DtypeArrays {
  u8: Uint8Array;
  i8: Int8Array;
  u16: Uint16Array;
  i16: Int16Array;
  u32: Uint32Array;
  i32: Int32Array;
  u64: BigUint64Array;
  i64: BigInt64Array;
  f32: Float32Array;
  f64: Float64Array;
}

export type Dtype = keyof DtypeArrays;
export type TypedArray = DtypeArrays[Dtype];

const constructors = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

export const dtypes = Object.keys(constructors) as Dtype[];

/** Bytes of one number. */
export function itemSize(dtype: Dtype): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/** An array over bytes that lie in memory already, without copying them; `byteOffset` must be a multiple of the item size. */
export function viewArray<D extends Dtype>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): DtypeArrays[D] {
  return new constructors[dtype](buffer as ArrayBuffer, byteOffset, length) as DtypeArrays[D];
}

const namesByConstructor = new Map<unknown, Dtype>(dtypes.map((name) => [constructors[name], name]));

/** The name of an array's number type; undefined for arrays that have no place in a message. */
export function dtypeOf(array: ArrayBufferView): Dtype | undefined {
  return array instanceof Uint8Array ? 'u8' : namesByConstructor.get(array.constructor);
}
