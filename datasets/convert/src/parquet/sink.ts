import { ReplacementFile } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { ambiguousNames, flatNames } from '../column-names.ts';
import { DESCRIPTOR_KEY, formatDescriptor } from '../descriptor.ts';
import { type Block, type Column, type ColumnType, createArray, type Header, type Sink, widthOf } from '../table.ts';
import { codecs } from './codecs.ts';

/** Rows are gathered to groups of about so many bytes, which a reader takes at once. */
const GROUP_BYTES = 2 ** 24;

const elements: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
  bool: { type: 'BOOLEAN' },
  int8: { type: 'INT32', converted_type: 'INT_8' },
  uint8: { type: 'INT32', converted_type: 'UINT_8' },
  int16: { type: 'INT32', converted_type: 'INT_16' },
  uint16: { type: 'INT32', converted_type: 'UINT_16' },
  int32: { type: 'INT32' },
  // The library refuses the upper half of UINT_32.
  uint32: { type: 'INT64' },
  int64: { type: 'INT64' },
  uint64: { type: 'INT64', converted_type: 'UINT_64' },
};

/** Writes a flat table, packed by gzip: a vector is columns `observations_0`, `observations_1` ... */
export function openParquetSink(path: string, header: Header): Sink {
  const ambiguous = ambiguousNames(header);
  if (ambiguous.length > 0) {
    throw new InputError(
      `The names of ${ambiguous.join(', ')} and other columns run together in Parquet, so choose another format.`,
    );
  }
  const { columns } = header;
  const leaves = columns.flatMap((column) => flatNames(column).map((name) => ({ name, ...elements[column.type] })));
  const schema: SchemaElement[] = [
    { name: 'root', num_children: leaves.length },
    ...leaves.map((leaf) => ({ ...leaf, repetition_type: 'REQUIRED' as const })),
  ];
  const file = new ReplacementFile(path);
  const writer = new FileWriter(file);
  const parquet = new ParquetWriter({
    writer,
    schema,
    codec: 'GZIP',
    compressors: codecs.pack,
    statistics: false,
    kvMetadata: [{ key: DESCRIPTOR_KEY, value: formatDescriptor(header) }],
    createdBy: 'understudy',
  });
  const rowBytes = columns.reduce(
    (sum, { type, shape }) => sum + widthOf({ shape }) * createArray(type, 1).byteLength,
    1,
  );
  const groupRows = Math.max(1024, Math.floor(GROUP_BYTES / rowBytes));
  let gathered: Block[] = [];
  let rows = 0;
  const flush = () => {
    const columnData = columns.flatMap((column, c) => splitColumn(column, c, gathered, rows));
    parquet.write({ columnData, rowGroupSize: rows });
    writer.drain();
    gathered = [];
    rows = 0;
  };
  return {
    write: (block: Block) => {
      gathered.push({ rows: block.rows, data: block.data.map((column) => column.slice()) });
      rows += block.rows;
      if (rows >= groupRows) flush();
    },
    finish: () => {
      if (rows > 0) flush();
      parquet.finish();
      writer.drain();
      file.commit();
      return [];
    },
    discard: () => file.discard(),
  };
}

/** The columns of single numbers of a vector column, over all gathered blocks. */
function splitColumn(column: Column, index: number, blocks: readonly Block[], rows: number) {
  const width = widthOf(column);
  return flatNames(column).map((name, k) => {
    if (column.type === 'bool') {
      const flags: boolean[] = [];
      for (const { data, rows: count } of blocks) {
        for (let row = 0; row < count; row++) flags.push(data[index][row * width + k] !== 0);
      }
      return { name, data: flags, encoding: 'PLAIN' as const };
    }
    const target = createArray(column.type === 'uint32' ? 'int64' : column.type, rows);
    const widen = column.type === 'uint32';
    let at = 0;
    for (const { data, rows: count } of blocks) {
      const source = data[index];
      for (let row = 0; row < count; row++) {
        const value = source[row * width + k];
        target[at++] = (widen ? BigInt(value) : value) as never;
      }
    }
    return { name, data: target as Float64Array, encoding: 'PLAIN' as const };
  });
}

/** A buffer that is emptied into the file after every group of rows. */
class FileWriter extends ByteWriter {
  readonly #file: ReplacementFile;
  #position = 0;

  constructor(file: ReplacementFile) {
    super(2 ** 20);
    this.#file = file;
  }

  drain(): void {
    const bytes = new Uint8Array(this.buffer, 0, this.index);
    this.#file.write(bytes, this.#position);
    this.#position += bytes.length;
    this.index = 0;
  }
}
