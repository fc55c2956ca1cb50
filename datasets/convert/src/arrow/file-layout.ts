import { InputError, isInputError } from '@understudy/errors';
import type { InputFile } from '../input-file.ts';
import type { ColumnType } from '../table.ts';
import { FlatTable } from './flatbuffer.ts';

/** A column as an Arrow schema describes it. */
export interface ArrowField {
  readonly name: string;
  readonly type: ColumnType;
  /** A fixed-size list has its length; a list has lengths only in the data. */
  readonly list: 'none' | 'fixed' | 'variable';
  readonly listSize: number;
}

/** A buffer of a record batch: where it lies in the file. */
export interface ArrowBuffer {
  readonly position: number;
  readonly bytes: number;
}

/** Rows of all columns, written together. */
export interface ArrowBatch {
  readonly rows: number;
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  readonly buffers: readonly ArrowBuffer[];
}

/** What an Arrow IPC file says of itself. */
export interface ArrowLayout {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly batches: readonly ArrowBatch[];
}

const MAX_FIELDS = 10_000;
const MAX_BATCHES = 1_000_000;
const MAX_DESCRIPTION_BYTES = 2 ** 28;
const CONTINUATION = 0xffff_ffff;
const RECORD_BATCH = 3;

/**
 * Reads the footer and the description of every record batch. All that it says is checked against the file before it is
 * used: the format's own library takes memory for whatever a damaged file claims.
 */
export function readArrowLayout(file: InputFile): ArrowLayout {
  try {
    return readLayout(file);
  } catch (error) {
    if (isInputError(error)) throw error;
    if (error instanceof RangeError) throw file.damaged('its description points outside itself');
    throw error;
  }
}

function readLayout(file: InputFile): ArrowLayout {
  const magic = 'ARROW1';
  const decode = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);
  if (file.size < 20 || decode(file.read(0, 6)) !== magic) throw file.damaged('it does not begin as an Arrow file');
  if (decode(file.read(file.size - 6, 6)) !== magic) throw file.damaged('it is cut off');
  const footerBytes = new DataView(file.read(file.size - 10, 4).buffer).getInt32(0, true);
  if (footerBytes < 4 || footerBytes > MAX_DESCRIPTION_BYTES)
    throw file.damaged(`its footer claims ${footerBytes} bytes`);
  const footer = FlatTable.root(file.read(file.size - 10 - footerBytes, footerBytes));
  const schema = footer.table(1);
  if (schema === undefined) throw file.damaged('it has no schema');
  if (schema.int16(0) !== 0) throw new InputError(`${file.path} is big-endian, so write it on another machine.`);
  const fields = schema.tables(1, MAX_FIELDS).map((field) => readField(file, field));
  const metadata = new Map(schema.tables(2, MAX_FIELDS).map((pair) => [pair.text(0), pair.text(1)]));
  const blocks = footer.structs(3, 24, MAX_BATCHES);
  return { fields, metadata, batches: blocks.map((block) => readBatch(file, block)) };
}

function readField(file: InputFile, field: FlatTable): ArrowField {
  const name = field.text(0);
  const kind = field.int8(2);
  const refuse = () =>
    new InputError(`${file.path}: "${name}" holds no numbers or lists of numbers, so leave that column out.`);
  if (field.table(4) !== undefined) throw refuse();
  const lists: Readonly<Record<number, ArrowField['list']>> = { 12: 'variable', 16: 'fixed' };
  if (lists[kind] === undefined) {
    const type = numberType(field);
    if (type === undefined) throw refuse();
    return { name, type, list: 'none', listSize: 1 };
  }
  const [child] = field.tables(5, 1);
  const type = child === undefined || child.table(4) !== undefined ? undefined : numberType(child);
  if (type === undefined) throw refuse();
  const listSize = lists[kind] === 'fixed' ? (field.table(3)?.int32(0) ?? 0) : 0;
  if (lists[kind] === 'fixed' && listSize < 1) throw refuse();
  return { name, type, list: lists[kind], listSize };
}

function numberType(field: FlatTable): ColumnType | undefined {
  const kind = field.int8(2);
  if (kind === 6) return 'bool';
  const type = field.table(3);
  if (kind === 3) return [undefined, 'float32', 'float64'][type?.int16(0) ?? 0] as ColumnType | undefined;
  if (kind !== 2 || type === undefined) return undefined;
  const bits = type.int32(0);
  return [8, 16, 32, 64].includes(bits) ? (`${type.int8(1) === 0 ? 'u' : ''}int${bits}` as ColumnType) : undefined;
}

function readBatch(file: InputFile, block: DataView): ArrowBatch {
  const offset = Number(block.getBigInt64(0, true));
  const metadataBytes = block.getInt32(8, true);
  const bodyBytes = Number(block.getBigInt64(16, true));
  if (metadataBytes < 8 || metadataBytes > MAX_DESCRIPTION_BYTES || !(bodyBytes >= 0)) {
    throw file.damaged('a record batch is not described');
  }
  const body = offset + metadataBytes;
  if (body + bodyBytes > file.size)
    throw file.damaged(`a record batch ends at byte ${body + bodyBytes} of ${file.size}`);
  const bytes = file.read(offset, metadataBytes);
  // Files from before 2019 have no marker in front of the length.
  const prefix = new DataView(bytes.buffer).getUint32(0, true) === CONTINUATION ? 8 : 4;
  const message = FlatTable.root(bytes.subarray(prefix));
  const batch = message.table(2);
  if (message.int8(1) !== RECORD_BATCH || batch === undefined) throw file.damaged('a record batch is another message');
  const compression = batch.table(3);
  if (compression !== undefined) {
    const codec = ['LZ4', 'Zstandard'][compression.int8(0)] ?? 'an unknown method';
    throw new InputError(
      `${file.path} is packed by ${codec}, and only Arrow files that are not packed are read, so write it again: ` +
        'compression="uncompressed" in pandas and pyarrow.feather.',
    );
  }
  const rows = batch.int64(0);
  const nodes = batch.structs(1, 16, 2 * MAX_FIELDS).map((node) => {
    return { length: Number(node.getBigInt64(0, true)), nulls: Number(node.getBigInt64(8, true)) };
  });
  const buffers = batch.structs(2, 16, 4 * MAX_FIELDS).map((buffer): ArrowBuffer => {
    const [start, length] = [Number(buffer.getBigInt64(0, true)), Number(buffer.getBigInt64(8, true))];
    if (!(start >= 0 && length >= 0 && start + length <= bodyBytes)) {
      throw file.damaged(`a record batch has a buffer of ${length} bytes outside it`);
    }
    return { position: body + start, bytes: length };
  });
  if (!Number.isSafeInteger(rows) || rows < 0) throw file.damaged(`a record batch claims ${rows} rows`);
  return { rows, nodes, buffers };
}
