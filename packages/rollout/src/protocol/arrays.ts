import { type Dtype, type DtypeArrays, dtypeOf, dtypes, itemSize, type TypedArray, viewArray } from './dtypes.ts';
import { ALIGNMENT, MAX_ARRAYS, MAX_RANK } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';

/** Numbers with a shape, C order. */
export interface WireArray<D extends Dtype = Dtype> {
  readonly dtype: D;
  /** Lengths of the dimensions; `[]` is a single number. */
  readonly shape: readonly number[];
  readonly data: DtypeArrays[D];
}

/** How an array is described in the header: name, type, shape. */
export type ArrayDescriptor = readonly [name: string, dtype: Dtype, shape: readonly number[]];

/**
 * An array for a message.
 *
 * @param shape - One dimension unless told.
 * @throws TypeError when the shape doesn't fit the data, or the data's type can't travel.
 */
export function wireArray<T extends TypedArray>(
  data: T,
  shape: readonly number[] = [data.length],
): WireArray<DtypeNameOf<T>> {
  const dtype = dtypeOf(data);
  if (dtype === undefined) throw new TypeError(`${data.constructor.name} has no place in a message.`);
  if (sizeOf(shape) !== data.length) throw new TypeError(`${data.length} numbers don't fill a shape of [${shape}].`);
  return { dtype, shape, data } as WireArray as WireArray<DtypeNameOf<T>>;
}

/** The name that belongs to an array type. */
export type DtypeNameOf<T extends TypedArray> = { [D in Dtype]: T extends DtypeArrays[D] ? D : never }[Dtype];

function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The descriptors of arrays, in the order in which their data follows. */
export function describeArrays(arrays: Readonly<Record<string, WireArray | undefined>>): ArrayDescriptor[] {
  const descriptors: ArrayDescriptor[] = [];
  for (const name in arrays) {
    const array = arrays[name];
    if (array) descriptors.push([name, array.dtype, array.shape]);
  }
  return descriptors;
}

/** The data frame: a copy of all arrays, each on its boundary, so that the originals may be overwritten at once. */
export function packArrays(arrays: Readonly<Record<string, WireArray | undefined>>): Uint8Array {
  let size = 0;
  for (const name in arrays) size += padded(arrays[name]?.data.byteLength ?? 0);
  const frame = new Uint8Array(size);
  let at = 0;
  for (const name in arrays) {
    const data = arrays[name]?.data;
    if (!data) continue;
    frame.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += padded(data.byteLength);
  }
  return frame;
}

const namePattern = /^[A-Za-z][A-Za-z0-9_./-]{0,127}$/;

/** Where an array lies in a data frame. */
interface ArrayPlace {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Numbers in it. */
  readonly length: number;
  readonly start: number;
  /** Where its numbers end, and where the zeros after them do. */
  readonly end: number;
  readonly next: number;
}

/** Where the arrays of a message lie; undefined for messages without any. */
export type ArrayLayout = readonly ArrayPlace[] | undefined;

/**
 * Reads the descriptions of a message's arrays.
 *
 * @param described - What the header says, unchecked.
 * @throws ProtocolError `malformed` or `limit` when names, types or shapes make no sense.
 */
export function readLayout(described: unknown): ArrayLayout {
  if (described === undefined) return undefined;
  if (!Array.isArray(described)) throw badDescriptor('is no list');
  if (described.length > MAX_ARRAYS) throw new ProtocolError('limit', `A message has more than ${MAX_ARRAYS} arrays.`);
  const names = new Set<string>();
  let start = 0;
  return described.map((entry): ArrayPlace => {
    const [name, dtype, shape] = checkDescriptor(entry);
    if (names.has(name)) throw new ProtocolError('malformed', `The array ${name} stands twice in a message.`);
    names.add(name);
    const length = sizeOf(shape);
    const end = start + length * itemSize(dtype);
    const next = padded(end);
    const place = { name, dtype, shape, length, start, end, next };
    start = next;
    return place;
  });
}

/**
 * The arrays of a data frame: views of its bytes where these lie on the boundary that typed arrays need, otherwise of
 * one copy.
 *
 * @throws ProtocolError `malformed` when the frame isn't what the layout says.
 */
export function viewArrays(layout: ArrayLayout, frame: Uint8Array | undefined): Record<string, WireArray> {
  const arrays: Record<string, WireArray> = Object.create(null);
  if (layout === undefined && frame === undefined) return arrays;
  if (layout === undefined || frame === undefined) {
    throw new ProtocolError('malformed', 'A message has arrays without a data frame, or a data frame without arrays.');
  }
  const size = layout.length > 0 ? layout[layout.length - 1].next : 0;
  if (size !== frame.length) {
    throw new ProtocolError('malformed', `The data frame has ${frame.length} bytes, its arrays take ${size}.`);
  }
  const bytes = frame.byteOffset % ALIGNMENT === 0 ? frame : new Uint8Array(frame);
  const { buffer, byteOffset } = bytes;
  for (const { name, dtype, shape, length, start, end, next } of layout) {
    for (let i = end; i < next; i++) {
      if (bytes[i] !== 0) throw new ProtocolError('malformed', `The bytes after the array ${name} are not zero.`);
    }
    arrays[name] = { dtype, shape, data: viewArray(dtype, buffer, byteOffset + start, length) };
  }
  return arrays;
}

function checkDescriptor(entry: unknown): ArrayDescriptor {
  if (!Array.isArray(entry) || entry.length !== 3) throw badDescriptor('is no triple of name, type and shape');
  const [name, dtype, shape] = entry;
  if (typeof name !== 'string' || !namePattern.test(name)) throw badDescriptor('has a name that is none');
  if (!dtypes.includes(dtype)) throw badDescriptor(`of ${name} has an unknown type`);
  if (!Array.isArray(shape) || shape.length > MAX_RANK) throw badDescriptor(`of ${name} has no shape of rank 0 to 8`);
  let size = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) throw badDescriptor(`of ${name} has no whole numbers as shape`);
    size *= length;
    if (!Number.isSafeInteger(size)) throw badDescriptor(`of ${name} claims more numbers than there can be`);
  }
  return entry as unknown as ArrayDescriptor;
}

function badDescriptor(what: string): ProtocolError {
  return new ProtocolError('malformed', `An array's description ${what}.`);
}
