import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import type { Cursor } from './byte-source.ts';
import { messageType, type ObjectHeader, onlyMessage } from './object-header.ts';

/** A filter that chunks went through, in the order of writing. */
export interface Filter {
  readonly id: number;
  /** Its own, for filters that are not HDF5's. */
  readonly name: string;
  readonly parameters: readonly number[];
}

/** How the elements of a dataset are stored. */
export type Storage =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly size: number }
  | {
      readonly kind: 'chunked';
      readonly chunk: readonly number[];
      readonly elementBytes: number;
      /** Of the tree that finds the chunks. */
      readonly index: number | undefined;
      /** Where there is one chunk only, which needs no tree. */
      readonly single?: { readonly bytes: number; readonly mask: number };
    };

const MAX_RANK = 32;
/** Known forms of an index of chunks, of which all but the first are left to libhdf5. */
const SINGLE_CHUNK = 1;

/** The shape, or undefined for a dataset that holds nothing; section IV.A.2.b. */
export function readDataspace(message: Cursor): number[] | undefined {
  const version = message.u8();
  const rank = message.u8();
  const flags = message.u8();
  if (version !== 1 && version !== 2) throw new UnsupportedHdf5('a dataspace of another version');
  if (rank > MAX_RANK || (version === 1 && (flags & 2) !== 0)) throw new UnsupportedHdf5('an unusual dataspace');
  const kind = message.u8();
  if (version === 1) message.skip(4);
  else if (kind === 2) return undefined;
  return Array.from({ length: rank }, () => message.u64());
}

/** Section IV.A.2.i. */
export function readStorage(header: ObjectHeader): Storage {
  if (header.has(messageType.externalFiles)) throw new UnsupportedHdf5('data in other files');
  const layout = onlyMessage(header, messageType.layout);
  if (layout === undefined) throw new Hdf5Failure('a dataset does not say where its data are');
  const version = layout.u8();
  if (version !== 3 && version !== 4) throw new UnsupportedHdf5(`layout version ${version}`);
  const kind = layout.u8();
  if (kind === 0) return { kind: 'compact', bytes: layout.take(layout.u16()) };
  if (kind === 1) return { kind: 'contiguous', address: layout.address(), size: layout.u64() };
  if (kind === 2) return version === 3 ? readChunked(layout) : readSingleChunk(layout);
  throw new UnsupportedHdf5('virtual datasets');
}

function readChunked(layout: Cursor): Storage {
  const dimensions = layout.u8();
  const index = layout.address();
  const sizes = Array.from({ length: dimensions }, () => layout.u32());
  return { kind: 'chunked', index, ...splitElement(sizes) };
}

function readSingleChunk(layout: Cursor): Storage {
  const flags = layout.u8();
  const dimensions = layout.u8();
  const width = layout.u8();
  const sizes = Array.from({ length: dimensions }, () => layout.unsigned(width));
  if (layout.u8() !== SINGLE_CHUNK) throw new UnsupportedHdf5('chunks that are found by other than a tree');
  const filtered = (flags & 2) !== 0;
  const { chunk, elementBytes } = splitElement(sizes);
  const whole = chunk.reduce((product, n) => product * n, elementBytes);
  const single = filtered ? { bytes: layout.u64(), mask: layout.u32() } : { bytes: whole, mask: 0 };
  return { kind: 'chunked', chunk, elementBytes, index: layout.address(), single };
}

/** The last size is that of an element, in bytes. */
function splitElement(sizes: readonly number[]): { chunk: number[]; elementBytes: number } {
  if (sizes.length < 2 || sizes.some((size) => size === 0)) throw new Hdf5Failure('chunks have no size');
  return { chunk: sizes.slice(0, -1), elementBytes: sizes[sizes.length - 1] };
}

/** Section IV.A.2.l. */
export function readFilters(message: Cursor | undefined): Filter[] {
  if (message === undefined) return [];
  const version = message.u8();
  const count = message.u8();
  if (version !== 1 && version !== 2) throw new UnsupportedHdf5('filters of another version');
  if (version === 1) message.skip(6);
  return Array.from({ length: count }, () => {
    const id = message.u16();
    const named = version === 1 || id >= 256;
    const nameBytes = named ? message.u16() : 0;
    message.skip(2);
    const parameterCount = message.u16();
    const name = message.take(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const parameters = Array.from({ length: parameterCount }, () => message.u32());
    if (version === 1 && parameterCount % 2 === 1) message.skip(4);
    const end = name.indexOf(0);
    return { id, name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)), parameters };
  });
}
