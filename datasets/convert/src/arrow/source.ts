import type { NumberArray } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { DESCRIPTOR_KEY, parseDescriptor } from '../descriptor.ts';
import { InputFile } from '../input-file.ts';
import {
  type Block,
  blockRowsOf,
  bytesOf,
  type Column,
  columnArrays,
  createArray,
  type Header,
  type Source,
  widthOf,
} from '../table.ts';
import {
  type ArrowBatch,
  type ArrowBuffer,
  type ArrowField,
  type ArrowLayout,
  readArrowLayout,
} from './file-layout.ts';

/** A column's numbers in one record batch. */
interface Stretch {
  readonly buffer: ArrowBuffer;
  /** Number of the first value that belongs to a row. */
  readonly first: number;
}

/** Opens an Arrow IPC file of numbers, fixed-size lists and lists of one length, not compressed. */
export function openArrowSource(path: string): Source {
  const file = new InputFile(path);
  try {
    const layout = readArrowLayout(file);
    const rows = layout.batches.reduce((sum, batch) => sum + batch.rows, 0);
    const text = layout.metadata.get(DESCRIPTOR_KEY);
    const described = text === undefined ? undefined : parseDescriptor(text, path);
    if (described !== undefined) checkDescribed(file, described, layout, rows);
    const header = described ?? inferHeader(file, layout, rows);
    const stretches = layout.batches.map((batch) => locate(file, layout.fields, header.columns, batch));
    return {
      header,
      losses: [],
      blocks: () => readBlocks(file, header, layout.batches, stretches),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* readBlocks(
  file: InputFile,
  { columns }: Header,
  batches: readonly ArrowBatch[],
  stretches: readonly (readonly Stretch[])[],
): AsyncGenerator<Block> {
  const step = blockRowsOf(columns);
  for (const [b, { rows }] of batches.entries()) {
    for (let start = 0; start < rows; start += step) {
      const count = Math.min(step, rows - start);
      const data = columns.map((column, c) => readNumbers(file, column, stretches[b][c], start, count));
      yield { rows: count, data };
    }
  }
  file.checkUnchanged();
}

function readNumbers(
  file: InputFile,
  column: Column,
  { buffer, first }: Stretch,
  start: number,
  rows: number,
): NumberArray {
  const width = widthOf(column);
  const from = first + start * width;
  const target = createArray(column.type, rows * width);
  if (column.type !== 'bool') {
    file.readInto(bytesOf(target), buffer.position + from * target.BYTES_PER_ELEMENT);
    return target;
  }
  const bits = file.read(buffer.position + (from >> 3), Math.ceil(((from & 7) + target.length) / 8));
  for (let i = 0, bit = from & 7; i < target.length; i++, bit++) target[i] = (bits[bit >> 3] >> (bit & 7)) & 1;
  return target;
}

/** Finds every column's numbers in a batch, and checks that they are all there. */
function locate(
  file: InputFile,
  fields: readonly ArrowField[],
  columns: readonly Column[],
  { rows, nodes, buffers }: ArrowBatch,
): Stretch[] {
  let node = 0;
  let buffer = 0;
  return fields.map(({ name, list }, i) => {
    const wrong = (reason: string) => new InputError(`${file.path}: "${name}" ${reason}, so write it again.`);
    const width = widthOf(columns[i]);
    const own = list === 'none' ? [nodes[node]] : [nodes[node], nodes[node + 1]];
    if (own.includes(undefined as never) || own[0].length !== rows) throw wrong('has another length than its batch');
    if (own.some(({ nulls }) => nulls !== 0)) throw wrong('has missing values, which cannot be converted');
    node += own.length;
    // A field has a buffer of validity, a list one more of offsets or none, and the numbers come last.
    const count = list === 'none' ? 2 : list === 'fixed' ? 3 : 4;
    const values = buffers[buffer + count - 1];
    const offsets = buffers[buffer + 1];
    buffer += count;
    if (values === undefined) throw wrong('has no data');
    const first = list === 'variable' ? checkOffsets(file, offsets, rows, width, wrong) : 0;
    const elements = first + rows * width;
    const bytes = columns[i].type === 'bool' ? Math.ceil(elements / 8) : elements * elementBytes(columns[i]);
    if (!(bytes <= values.bytes)) throw wrong(`needs ${bytes} bytes and has ${values.bytes}`);
    return { buffer: values, first };
  });
}

/** @returns Where the first list begins. */
function checkOffsets(
  file: InputFile,
  { position, bytes }: ArrowBuffer,
  rows: number,
  width: number,
  wrong: (reason: string) => Error,
): number {
  if (rows === 0) return 0;
  if (bytes < 4 * (rows + 1)) throw wrong('has too few offsets');
  const pieceRows = 2 ** 18;
  const first = new DataView(file.read(position, 4).buffer).getInt32(0, true);
  for (let start = 0; start < rows; start += pieceRows) {
    const count = Math.min(pieceRows, rows - start) + 1;
    const offsets = new Int32Array(file.read(position + 4 * start, 4 * count).buffer);
    for (let i = 0; i < count; i++) {
      if (offsets[i] !== first + (start + i) * width) throw wrong('has lists of several lengths');
    }
  }
  if (first < 0) throw wrong('has a negative offset');
  return first;
}

function inferHeader(file: InputFile, { fields, metadata, batches }: ArrowLayout, rows: number): Header {
  const first = batches.find((batch) => batch.rows > 0);
  let buffer = 0;
  const columns = fields.map(({ name, type, list, listSize }): Column => {
    const offsets = first?.buffers[buffer + 1];
    buffer += list === 'none' ? 2 : list === 'fixed' ? 3 : 4;
    if (list === 'none') return { name, type, shape: [] };
    if (list === 'fixed') return { name, type, shape: [listSize] };
    if (offsets === undefined || offsets.bytes < 8) throw file.damaged(`"${name}" has no lists`);
    const view = new DataView(file.read(offsets.position, 8).buffer);
    return { name, type, shape: [view.getInt32(4, true) - view.getInt32(0, true)] };
  });
  if (columns.length === 0 || columns.some((column) => widthOf(column) < 1)) {
    throw new InputError(`${file.path} has no columns of numbers, so choose another file.`);
  }
  return { rows, columns, metadata: Object.fromEntries(metadata) };
}

function checkDescribed(file: InputFile, header: Header, { fields }: ArrowLayout, rows: number): void {
  const matches = header.columns.every(({ name, type, shape }, i) => {
    const field = fields[i];
    if (field?.name !== name || field.type !== type) return false;
    return shape.length === 0 ? field.list === 'none' : field.list === 'fixed' && field.listSize === widthOf({ shape });
  });
  if (!matches || header.columns.length !== fields.length || header.rows !== rows) {
    throw file.damaged('its columns are not those that it describes');
  }
}

function elementBytes({ type }: Column): number {
  return columnArrays[type].BYTES_PER_ELEMENT;
}
