import type { NumberArray } from '@understudy/d4rl/hdf5';
import { DESCRIPTOR_KEY, formatDescriptor } from '../descriptor.ts';
import { type Block, type Column, type Header, type Sink, widthOf } from '../table.ts';
import { TextFile } from '../text-lines.ts';

const PIECE = 2 ** 20;

/** Writes a line with the description, then an object a row. NaN, infinities and large integers are text. */
export function openJsonLinesSink(path: string, header: Header): Sink {
  const file = new TextFile(path);
  file.write(`{"${DESCRIPTOR_KEY}":${formatDescriptor(header)}}\n`);
  const { columns } = header;
  const keys = columns.map(({ name }, c) => `${c === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const widths = columns.map((column) => widthOf(column));
  return {
    write: ({ rows, data }: Block) => {
      let text = '';
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < columns.length; c++) {
          text += keys[c] + formatValue(columns[c], data[c], row * widths[c], columns[c].shape);
        }
        text += '}\n';
        if (text.length > PIECE) {
          file.write(text);
          text = '';
        }
      }
      file.write(text);
    },
    finish: () => {
      file.commit();
      return [];
    },
    discard: () => file.discard(),
  };
}

function formatValue(column: Column, data: NumberArray, at: number, shape: readonly number[]): string {
  if (shape.length === 0) return formatNumber(data[at], column.type === 'bool');
  const [count, ...rest] = shape;
  const width = rest.reduce((product, n) => product * n, 1);
  let text = '';
  for (let i = 0; i < count; i++) text += `${i === 0 ? '[' : ','}${formatValue(column, data, at + i * width, rest)}`;
  return `${text}]`;
}

function formatNumber(value: NumberArray[number], flag: boolean): string {
  if (flag) return value === 0 ? 'false' : 'true';
  if (typeof value === 'bigint') {
    const small = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
    return small ? String(value) : `"${value}"`;
  }
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}
