import { ReplacementFile } from '@understudy/d4rl/hdf5';
import {
  Bool,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
} from 'apache-arrow';
import { DESCRIPTOR_KEY, formatDescriptor } from '../descriptor.ts';
import { type Block, bytesOf, type Column, type ColumnType, type Header, type Sink, widthOf } from '../table.ts';

const types: Readonly<Record<ColumnType, () => DataType>> = {
  float32: () => new Float32(),
  float64: () => new Float64(),
  bool: () => new Bool(),
  int8: () => new Int8(),
  uint8: () => new Uint8(),
  int16: () => new Int16(),
  uint16: () => new Uint16(),
  int32: () => new Int32(),
  uint32: () => new Uint32(),
  int64: () => new Int64(),
  uint64: () => new Uint64(),
};

/** Writes an Arrow IPC file: a record batch a block; a vector is a fixed-size list, of more dimensions flattened. */
export function openArrowSink(path: string, header: Header): Sink {
  const { columns } = header;
  const metadata = new Map([[DESCRIPTOR_KEY, formatDescriptor(header)]]);
  const schema = new Schema(
    columns.map((column) => new Field(column.name, columnType(column), false)),
    metadata,
  );
  const file = new ReplacementFile(path);
  const writer = new DirectWriter(file);
  writer.reset(undefined, schema);
  return {
    write: ({ rows, data }: Block) => {
      const children = columns.map((column, i) => columnData(column, rows, data[i]));
      const batch = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
      writer.write(new RecordBatch(schema, batch as never));
    },
    finish: () => {
      writer.finish();
      file.commit();
      return [];
    },
    discard: () => file.discard(),
  };
}

function columnType(column: Column): DataType {
  const element = types[column.type]();
  if (column.shape.length === 0) return element;
  return new FixedSizeList(widthOf(column), new Field('item', element, false));
}

function columnData(column: Column, rows: number, data: ArrayBufferView & ArrayLike<unknown>) {
  const bytes = bytesOf(data);
  const values = column.type === 'bool' ? packBits(bytes) : data;
  const element = makeData({ type: types[column.type](), length: data.length, nullCount: 0, data: values } as never);
  if (column.shape.length === 0) return element;
  const type = columnType(column) as FixedSizeList;
  return makeData({ type, length: rows, nullCount: 0, child: element as never });
}

/** Arrow's booleans: eight a byte, the lowest bit first. */
function packBits(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0) bits[i >> 3] |= 1 << (i & 7);
  return bits;
}

/** Apache's writer, with its bytes going straight to the file instead of a queue in memory. */
class DirectWriter extends RecordBatchFileWriter {
  readonly #file: ReplacementFile;

  constructor(file: ReplacementFile) {
    super();
    this.#file = file;
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk.byteLength > 0) {
      this.#file.write(bytesOf(chunk), this._position);
      this._position += chunk.byteLength;
    }
    return this;
  }
}
