import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import { descriptorBytes, readHeapStrings } from '../global-heap.ts';
import type { ByteSource } from './byte-source.ts';
import { type ElementType, fixedString } from './datatype.ts';

/** The strings whose elements are `bytes`: themselves, or where they lie in a heap. */
export function readStringElements(
  source: ByteSource,
  element: ElementType,
  bytes: Uint8Array,
  count: number,
): string[] {
  const width = element.bytes;
  if (!element.variableLength) {
    return Array.from({ length: count }, (_, i) => fixedString(bytes.subarray(i * width, (i + 1) * width)));
  }
  if (width !== descriptorBytes(1)) throw new UnsupportedHdf5('references to strings of another form');
  const strings = readHeapStrings(bytes, (address, length) => {
    if (address >= source.size) return new Uint8Array(0);
    return source.read(address, Math.min(length, source.size - address));
  });
  if (strings === undefined) throw new Hdf5Failure('a string is not in its heap');
  return strings;
}
