import { ReplacementFile } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { DESCRIPTOR_KEY, formatDescriptor } from '../descriptor.ts';
import { type Block, bytesOf, columnArrays, type Header, rowBytesOf, type Sink } from '../table.ts';
import { MAX_HEADER_BYTES, tensorTypes } from './tensor-types.ts';

/** Writes one tensor a column. All places are known from the start, so every block goes straight to its own. */
export function openSafetensorsSink(path: string, header: Header): Sink {
  const { columns, rows } = header;
  // The widest elements first, as the format's own writer does, so that all are aligned.
  const order = columns.map((_, i) => i);
  const elementBytes = (i: number) => columnArrays[columns[i].type].BYTES_PER_ELEMENT;
  order.sort((a, b) => elementBytes(b) - elementBytes(a) || (columns[a].name < columns[b].name ? -1 : 1));
  const entries: Record<string, unknown> = { __metadata__: { [DESCRIPTOR_KEY]: formatDescriptor(header) } };
  const offsets = new Array<number>(columns.length);
  let end = 0;
  for (const i of order) {
    const { name, type, shape } = columns[i];
    if (name === '__metadata__') throw new InputError('safetensors has no place for a column "__metadata__".');
    offsets[i] = end;
    end += rows * rowBytesOf(columns[i]);
    entries[name] = { dtype: tensorTypes[type], shape: [rows, ...shape], data_offsets: [offsets[i], end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new InputError(`The metadata takes ${headerBytes} bytes, more than a safetensors file can hold.`);
  }
  const head = new Uint8Array(8 + headerBytes).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.set(text, 8);

  const file = new ReplacementFile(path);
  file.write(head, 0);
  const positions = offsets.map((offset) => head.length + offset);
  return {
    write: ({ data }: Block) => {
      data.forEach((column, i) => {
        const bytes = bytesOf(column);
        file.write(bytes, positions[i]);
        positions[i] += bytes.length;
      });
    },
    finish: () => {
      file.commit();
      return [];
    },
    discard: () => file.discard(),
  };
}
