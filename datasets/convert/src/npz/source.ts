import type { NumberArray } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { parseDescriptor } from '../descriptor.ts';
import { InputFile } from '../input-file.ts';
import {
  type Block,
  blockRowsOf,
  bytesOf,
  type Column,
  columnArrays,
  createArray,
  type Header,
  rowBytesOf,
  type Source,
  widthOf,
} from '../table.ts';
import { EntryReader } from './entry-reader.ts';
import { type NpyHeader, npyHeaderBytes, parseNpyHeader, swapBytes } from './npy.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** The entry with the description; not an array, so that NumPy gives it as bytes. */
export const DESCRIPTION_NAME = 'understudy.json';
const MAX_DESCRIPTION_BYTES = 2 ** 28;

interface StoredArray {
  readonly column: Column;
  readonly npy: NpyHeader;
  readonly entry: ZipEntry;
}

/** Opens an archive of NumPy arrays, packed or not, with one row a transition each. */
export async function openNpzSource(path: string): Promise<Source> {
  const file = new InputFile(path);
  try {
    const entries = readZipDirectory(file);
    const description = entries.find(({ name }) => name === DESCRIPTION_NAME);
    const described = description === undefined ? undefined : parseDescriptor(await readText(file, description), path);
    const found: StoredArray[] = [];
    const others: string[] = [];
    for (const entry of entries) {
      if (entry.name.endsWith('.npy')) found.push(await readArray(file, entry));
      else if (entry !== description) others.push(entry.name);
    }
    if (found.length === 0) throw file.damaged('it has no arrays');
    const arrays = described === undefined ? orderArrays(found) : matchArrays(file, described, found);
    const rows = arrays[0].npy.shape[0];
    const odd = arrays.find(({ npy }) => npy.shape[0] !== rows);
    if (odd !== undefined) {
      throw new InputError(
        `${path}: "${odd.column.name}" has the shape [${odd.npy.shape}] and "${arrays[0].column.name}" ` +
          `[${arrays[0].npy.shape}], so choose an archive whose arrays have a row a transition.`,
      );
    }
    return {
      header: described ?? { rows, columns: arrays.map(({ column }) => column), metadata: {} },
      losses: others.map((name) => `"${name}", which is no array`),
      blocks: () => readBlocks(file, arrays),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* readBlocks(file: InputFile, arrays: readonly StoredArray[]): AsyncGenerator<Block> {
  const rows = arrays[0].npy.shape[0];
  const step = blockRowsOf(arrays.map(({ column }) => column));
  const readers = arrays.map(({ entry }) => new EntryReader(file, entry));
  try {
    for (const [i, { npy }] of arrays.entries()) await readers[i].readInto(new Uint8Array(npy.bytes));
    for (let start = 0; start < rows; start += step) {
      const count = Math.min(step, rows - start);
      const data: NumberArray[] = [];
      for (const [i, { column, npy }] of arrays.entries()) {
        const target = createArray(column.type, count * widthOf(column));
        await readers[i].readInto(bytesOf(target));
        if (npy.bigEndian) swapBytes(bytesOf(target), target.BYTES_PER_ELEMENT);
        // A byte other than 0 and 1 is true in NumPy.
        if (column.type === 'bool') for (let k = 0; k < target.length; k++) target[k] = target[k] === 0 ? 0 : 1;
        data.push(target);
      }
      yield { rows: count, data };
    }
    file.checkUnchanged();
  } finally {
    for (const reader of readers) reader.close();
  }
}

async function readArray(file: InputFile, entry: ZipEntry): Promise<StoredArray> {
  const name = entry.name.slice(0, -'.npy'.length);
  const where = `"${entry.name}" in ${file.path}`;
  const reader = new EntryReader(file, entry);
  try {
    const start = new Uint8Array(12);
    await reader.readInto(start);
    const header = new Uint8Array(Math.max(12, npyHeaderBytes(start, where)));
    header.set(start);
    await reader.readInto(header.subarray(12));
    const npy = parseNpyHeader(header, where);
    if (npy.shape.length === 0) throw new InputError(`${where} is a single number, so leave it out of the archive.`);
    const column: Column = { name, type: npy.type, shape: npy.shape.slice(1) };
    if (widthOf(column) === 0) throw new InputError(`${where} has the shape [${npy.shape}], so leave it out.`);
    const bytes = npy.bytes + npy.shape[0] * rowBytesOf(column);
    if (bytes !== entry.bytes)
      throw file.damaged(`"${entry.name}" has ${entry.bytes} bytes where its shape needs ${bytes}`);
    return { column, npy, entry };
  } finally {
    reader.close();
  }
}

function orderArrays(arrays: readonly StoredArray[]): StoredArray[] {
  return [...arrays].sort((a, b) => (a.column.name < b.column.name ? -1 : 1));
}

function matchArrays(file: InputFile, header: Header, arrays: readonly StoredArray[]): StoredArray[] {
  const matched = header.columns.map(({ name, type, shape }) =>
    arrays.find(
      ({ column, npy }) =>
        column.name === name &&
        column.type === type &&
        column.shape.join() === shape.join() &&
        npy.shape[0] === header.rows &&
        columnArrays[type] !== undefined,
    ),
  );
  if (matched.includes(undefined) || arrays.length !== matched.length) {
    throw file.damaged('its arrays are not those that it describes');
  }
  return matched as StoredArray[];
}

async function readText(file: InputFile, entry: ZipEntry): Promise<string> {
  if (entry.bytes > MAX_DESCRIPTION_BYTES) throw file.damaged(`its description claims ${entry.bytes} bytes`);
  const reader = new EntryReader(file, entry);
  try {
    const bytes = new Uint8Array(entry.bytes);
    await reader.readInto(bytes);
    return new TextDecoder().decode(bytes);
  } finally {
    reader.close();
  }
}
