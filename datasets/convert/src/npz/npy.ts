import { InputError } from '@understudy/errors';
import type { ColumnType } from '../table.ts';

/** What the header of a `.npy` array says. */
export interface NpyHeader {
  readonly type: ColumnType;
  readonly shape: readonly number[];
  /** Whether numbers are stored with their highest byte first. */
  readonly bigEndian: boolean;
  /** Bytes before the data. */
  readonly bytes: number;
}

/** Enough for every header of numbers; longer ones are of records, which are not read. */
export const MAX_NPY_HEADER = 65_536;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const codes: Readonly<Record<string, ColumnType>> = {
  f4: 'float32',
  f8: 'float64',
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
};

/** The header of an array, padded as NumPy pads it. */
export function formatNpyHeader(type: ColumnType, shape: readonly number[]): Uint8Array {
  const [code] = Object.entries(codes).find(([, name]) => name === type)!;
  const order = code.endsWith('1') ? '|' : '<';
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/**
 * Bytes that the whole header takes, from its first 12.
 *
 * @throws InputError when it is no `.npy` or claims more than {@link MAX_NPY_HEADER}.
 */
export function npyHeaderBytes(start: Uint8Array, where: string): number {
  if (!MAGIC.every((byte, i) => start[i] === byte)) throw damaged(where, 'no .npy array');
  const view = new DataView(start.buffer, start.byteOffset);
  const version = start[6];
  if (version < 1 || version > 3) throw damaged(where, `version ${version} of .npy`);
  const bytes = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (bytes > MAX_NPY_HEADER) throw damaged(where, `a header of ${bytes} bytes`);
  return bytes;
}

/**
 * Reads a whole header.
 *
 * @throws InputError when it is malformed or the array is of another type than numbers; pickled objects are never read.
 */
export function parseNpyHeader(header: Uint8Array, where: string): NpyHeader {
  const start = header[6] === 1 ? 10 : 12;
  const text = new TextDecoder('latin1').decode(header.subarray(start));
  const match =
    /^\s*\{\s*'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d*)'\s*,\s*'fortran_order'\s*:\s*(True|False)\s*,\s*'shape'\s*:\s*\(([\d,\sL]*)\)\s*,?\s*\}\s*$/.exec(
      text,
    );
  if (match === null) throw damaged(where, 'an array of records, objects or another order');
  const [, order, code, fortran, tuple] = match;
  if (!Object.hasOwn(codes, code)) throw damaged(where, `an array of type ${order}${code}, which is not converted`);
  const shape = tuple
    .split(',')
    .map((part) => part.trim().replace(/L$/, ''))
    .filter((part) => part !== '')
    .map(Number);
  if (fortran === 'True' && shape.filter((n) => n > 1).length > 1) {
    throw damaged(where, 'an array in column order; save it with numpy.ascontiguousarray');
  }
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) throw damaged(where, `a shape of (${tuple})`);
  return { type: codes[code], shape, bigEndian: order === '>' && !code.endsWith('1'), bytes: header.length };
}

/** Turns numbers with their highest byte first around, in place. */
export function swapBytes(bytes: Uint8Array, elementBytes: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (elementBytes === 2) buffer.swap16();
  else if (elementBytes === 4) buffer.swap32();
  else if (elementBytes === 8) buffer.swap64();
}

function damaged(where: string, reason: string): InputError {
  return new InputError(`${where} cannot be read (${reason}), so save it again with numpy.savez.`);
}
