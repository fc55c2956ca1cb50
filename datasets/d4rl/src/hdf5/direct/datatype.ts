import type { Hdf5Type } from '../dataset.ts';
import { UnsupportedHdf5 } from '../failure.ts';
import { type Cursor, decodeText } from './byte-source.ts';

/** What the elements of a dataset are. */
export interface ElementType {
  readonly dtype: Hdf5Type;
  /** Of one element in the file. */
  readonly bytes: number;
  readonly variableLength: boolean;
  readonly bigEndian: boolean;
}

const floats = new Map([
  // Sign's place, exponent's place and width, mantissa's place and width, exponent's bias.
  [4, [31, 23, 8, 0, 23, 127]],
  [8, [63, 52, 11, 0, 52, 1023]],
]);

/** HDF5 file format specification, section IV.A.2.d. */
export function readDatatype(message: Cursor): ElementType {
  const head = message.u8();
  const kind = head & 0x0f;
  const version = head >> 4;
  if (version < 1 || version > 3) throw new UnsupportedHdf5(`datatype version ${version}`);
  const flags = [message.u8(), message.u8(), message.u8()];
  const bytes = message.u32();
  const bigEndian = (flags[0] & 1) === 1;
  const numeric = { bytes, variableLength: false, bigEndian };
  if (kind === 0) {
    const whole = message.u16() === 0 && message.u16() === 8 * bytes && [1, 2, 4, 8].includes(bytes);
    if (!whole) throw new UnsupportedHdf5('integers that do not fill their bytes');
    return { ...numeric, dtype: `${flags[0] & 8 ? 'int' : 'uint'}${8 * bytes}` as Hdf5Type };
  }
  if (kind === 1) {
    checkFloat(message, bytes, flags);
    return { ...numeric, dtype: bytes === 4 ? 'float32' : 'float64' };
  }
  if (kind === 3) {
    const [zeroTerminated, zeroPadded] = [0, 1];
    if (![zeroTerminated, zeroPadded].includes(flags[0] & 15)) throw new UnsupportedHdf5('padded strings');
    return { dtype: 'string', bytes, variableLength: false, bigEndian: false };
  }
  if (kind === 8) return { ...numeric, dtype: readEnumeration(message, version, flags, bytes) };
  if (kind === 9) {
    const string = (flags[0] & 15) === 1;
    return { dtype: string ? 'string' : 'other', bytes, variableLength: true, bigEndian: false };
  }
  return { dtype: 'other', bytes, variableLength: false, bigEndian: false };
}

function checkFloat(message: Cursor, bytes: number, flags: readonly number[]): void {
  const expected = floats.get(bytes);
  const bits = [message.u16(), message.u16()];
  const [exponentAt, exponent, mantissaAt, mantissa] = [message.u8(), message.u8(), message.u8(), message.u8()];
  const found = [flags[1], exponentAt, exponent, mantissaAt, mantissa, message.u32()];
  // Byte order aside, the low bits say how the mantissa is normalised: with a leading one that is not stored.
  const usual = bits[0] === 0 && bits[1] === 8 * bytes && (flags[0] & 0xfe) === 0x20;
  if (usual && expected?.every((value, i) => value === found[i])) return;
  throw new UnsupportedHdf5('floating point numbers of another form');
}

/** Enumerations over one byte with FALSE = 0 and TRUE = 1 are h5py's booleans; no others are read as numbers. */
function readEnumeration(message: Cursor, version: number, flags: readonly number[], bytes: number): Hdf5Type {
  const base = readDatatype(message);
  const count = flags[0] + 256 * flags[1];
  if (count !== 2 || bytes !== 1 || base.bytes !== 1) return 'other';
  const names = Array.from({ length: count }, () => {
    const start = message.at;
    const name = message.text();
    if (version < 3) message.skip((8 - ((message.at - start) % 8)) % 8);
    return name;
  });
  const members = new Map(names.map((name) => [name, message.u8()]));
  return members.get('FALSE') === 0 && members.get('TRUE') === 1 ? 'bool' : 'other';
}

/** The bytes of a string of fixed length, as text. */
export function fixedString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}
