import type { NumberArray } from '@understudy/d4rl/hdf5';
import { DESCRIPTOR_KEY, parseDescriptor } from '../descriptor.ts';
import { InputFile } from '../input-file.ts';
import {
  type Block,
  blockRowsOf,
  bytesOf,
  type Column,
  type ColumnType,
  createArray,
  type Header,
  rowBytesOf,
  type Source,
  widthOf,
} from '../table.ts';
import { MAX_HEADER_BYTES, tensorTypes } from './tensor-types.ts';

interface StoredTensor {
  readonly column: Column;
  readonly rows: number;
  /** Absolute. */
  readonly position: number;
}

/** Opens a safetensors file whose tensors have one row a transition. */
export function openSafetensorsSource(path: string): Source {
  const file = new InputFile(path);
  try {
    const { tensors, metadata } = readHeader(file);
    const rows = tensors[0].rows;
    for (const { column, rows: own } of tensors) {
      if (own !== rows) throw file.damaged(`"${column.name}" has ${own} rows and "${tensors[0].column.name}" ${rows}`);
    }
    const described = metadata[DESCRIPTOR_KEY];
    const header = described === undefined ? undefined : parseDescriptor(described, path);
    if (header !== undefined) checkDescribed(file, header, tensors);
    const { [DESCRIPTOR_KEY]: _, ...other } = metadata;
    // In the order of the description, which a file sorted by type does not keep.
    const ordered = header?.columns.map(({ name }) => tensors.find(({ column }) => column.name === name)!) ?? tensors;
    const columns = ordered.map(({ column }) => column);
    return {
      header: header ?? { rows, columns, metadata: other },
      losses: [],
      blocks: () => readBlocks(file, ordered, rows),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* readBlocks(file: InputFile, tensors: readonly StoredTensor[], rows: number): AsyncGenerator<Block> {
  const step = blockRowsOf(tensors.map(({ column }) => column));
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    const data = tensors.map(({ column, position }): NumberArray => {
      const target = createArray(column.type, count * widthOf(column));
      file.readInto(bytesOf(target), position + start * rowBytesOf(column));
      return target;
    });
    yield { rows: count, data };
  }
  file.checkUnchanged();
}

/** The whole header is checked before any data is read: types, shapes, and that tensors fill the file without overlap. */
function readHeader(file: InputFile): { tensors: StoredTensor[]; metadata: Record<string, string> } {
  const length = file.read(0, 8);
  const headerBytes = Number(new DataView(length.buffer).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) throw file.damaged(`its header claims ${headerBytes} bytes`);
  const json = parseHeader(file, file.read(8, headerBytes));
  const metadata: Record<string, string> = Object.create(null);
  const tensors: StoredTensor[] = [];
  const start = 8 + headerBytes;
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value ?? {})) {
        if (typeof text !== 'string') throw file.damaged(`its metadata under "${key}" is no text`);
        metadata[key] = text;
      }
    } else tensors.push(readTensor(file, name, value, start));
  }
  if (tensors.length === 0) throw file.damaged('it has no tensors');
  let position = start;
  for (const tensor of [...tensors].sort((a, b) => a.position - b.position)) {
    if (tensor.position !== position) {
      throw file.damaged(`"${tensor.column.name}" begins at ${tensor.position} instead of ${position}`);
    }
    position += tensor.rows * rowBytesOf(tensor.column);
  }
  if (position !== file.size) throw file.damaged(`its tensors end at byte ${position} of ${file.size}`);
  return { tensors, metadata };
}

function parseHeader(file: InputFile, bytes: Uint8Array): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw file.damaged('its header is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw file.damaged('its header is no object');
  return json as Record<string, unknown>;
}

function readTensor(file: InputFile, name: string, value: unknown, start: number): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const type = (Object.keys(tensorTypes) as ColumnType[]).find((key) => tensorTypes[key] === dtype);
  if (type === undefined) throw file.damaged(`"${name}" has the type ${JSON.stringify(dtype)}, which is not converted`);
  if (!isSizes(shape) || shape.length === 0) throw file.damaged(`"${name}" has no rows`);
  if (!isSizes(offsets) || offsets.length !== 2) throw file.damaged(`"${name}" has no proper offsets`);
  const [rows, ...row] = shape;
  const column: Column = { name, type, shape: row };
  const bytes = rows * rowBytesOf(column);
  if (!Number.isSafeInteger(bytes) || bytes !== offsets[1] - offsets[0]) {
    throw file.damaged(`"${name}" has ${offsets[1] - offsets[0]} bytes where its shape needs ${bytes}`);
  }
  if (widthOf(column) === 0) throw file.damaged(`"${name}" has the shape [${shape}]`);
  return { column, rows, position: start + offsets[0] };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function checkDescribed(file: InputFile, header: Header, tensors: readonly StoredTensor[]): void {
  const matches = header.columns.every(({ name, type, shape }) =>
    tensors.some(({ column }) => column.name === name && column.type === type && column.shape.join() === shape.join()),
  );
  if (!matches || header.columns.length !== tensors.length || header.rows !== tensors[0].rows) {
    throw file.damaged('its tensors are not those that it describes');
  }
}
