import { ReplacementFile } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { formatDescriptor } from '../descriptor.ts';
import { type Block, bytesOf, type Header, rowBytesOf, type Sink } from '../table.ts';
import { crc32 } from './crc32.ts';
import { formatNpyHeader } from './npy.ts';
import { DESCRIPTION_NAME } from './source.ts';

const LARGE = 0xffff_ffff;

interface Entry {
  readonly name: Uint8Array;
  /** Of its local header. */
  readonly position: number;
  readonly bytes: number;
  next: number;
  crc: number;
}

/** Writes arrays as `numpy.savez` does: unpacked, so that every place is known and blocks go straight to theirs. */
export function openNpzSink(path: string, header: Header): Sink {
  const { rows, columns } = header;
  if (columns.some(({ name }) => name === '' || /[\\\0]/.test(name))) {
    throw new InputError('A column has a name that an archive cannot hold, so rename it.');
  }
  const description = new TextEncoder().encode(formatDescriptor(header));
  const heads = columns.map(({ type, shape }) => formatNpyHeader(type, [rows, ...shape]));
  const entries: Entry[] = [];
  let end = 0;
  const reserve = (name: string, bytes: number) => {
    const encoded = new TextEncoder().encode(name);
    const data = end + localHeaderBytes(encoded);
    entries.push({ name: encoded, position: end, bytes, next: data, crc: 0 });
    end = data + bytes;
  };
  columns.forEach((column, i) => {
    reserve(`${column.name}.npy`, heads[i].length + rows * rowBytesOf(column));
  });
  reserve(DESCRIPTION_NAME, description.length);

  const file = new ReplacementFile(path);
  const put = (entry: Entry, bytes: Uint8Array) => {
    file.write(bytes, entry.next);
    entry.next += bytes.length;
    entry.crc = crc32(bytes, entry.crc);
  };
  heads.forEach((head, i) => {
    put(entries[i], head);
  });
  put(entries.at(-1)!, description);
  return {
    write: ({ data }: Block) => {
      data.forEach((column, i) => {
        put(entries[i], bytesOf(column));
      });
    },
    finish: () => {
      for (const entry of entries) file.write(localHeader(entry), entry.position);
      file.write(directory(entries, end), end);
      file.commit();
      return [];
    },
    discard: () => file.discard(),
  };
}

/** With the ZIP64 field always, so that its length does not depend on sizes. */
function localHeaderBytes(name: Uint8Array): number {
  return 30 + name.length + 20;
}

function localHeader({ name, bytes, crc }: Entry): Uint8Array {
  const header = new Uint8Array(30 + name.length + 20);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  writeCommon(view, 4, crc, name.length, 20);
  header.set(name, 30);
  view.setUint16(30 + name.length, 1, true);
  view.setUint16(32 + name.length, 16, true);
  view.setBigUint64(34 + name.length, BigInt(bytes), true);
  view.setBigUint64(42 + name.length, BigInt(bytes), true);
  return header;
}

/** What local and central headers share from their version on: sizes stand in the ZIP64 field. */
function writeCommon(view: DataView, at: number, crc: number, nameBytes: number, extraBytes: number): void {
  const utf8Names = 0x800;
  const earliestDate = 0x21;
  view.setUint16(at, 45, true);
  view.setUint16(at + 2, utf8Names, true);
  view.setUint16(at + 8, earliestDate, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, LARGE, true);
  view.setUint32(at + 18, LARGE, true);
  view.setUint16(at + 22, nameBytes, true);
  view.setUint16(at + 24, extraBytes, true);
}

function directory(entries: readonly Entry[], position: number): Uint8Array {
  const records = entries.map(({ name, position: local, bytes, crc }) => {
    const record = new Uint8Array(46 + name.length + 28);
    const view = new DataView(record.buffer);
    view.setUint32(0, 0x02014b50, true);
    view.setUint16(4, 45, true);
    writeCommon(view, 6, crc, name.length, 28);
    view.setUint32(42, LARGE, true);
    record.set(name, 46);
    const extra = 46 + name.length;
    view.setUint16(extra, 1, true);
    view.setUint16(extra + 2, 24, true);
    view.setBigUint64(extra + 4, BigInt(bytes), true);
    view.setBigUint64(extra + 12, BigInt(bytes), true);
    view.setBigUint64(extra + 20, BigInt(local), true);
    return record;
  });
  const length = records.reduce((sum, record) => sum + record.length, 0);
  const end = new Uint8Array(56 + 20 + 22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06064b50, true);
  view.setBigUint64(4, 44n, true);
  view.setUint16(12, 45, true);
  view.setUint16(14, 45, true);
  view.setBigUint64(24, BigInt(entries.length), true);
  view.setBigUint64(32, BigInt(entries.length), true);
  view.setBigUint64(40, BigInt(length), true);
  view.setBigUint64(48, BigInt(position), true);
  view.setUint32(56, 0x07064b50, true);
  view.setBigUint64(64, BigInt(position + length), true);
  view.setUint32(72, 1, true);
  view.setUint32(76, 0x06054b50, true);
  view.setUint16(84, 0xffff, true);
  view.setUint16(86, 0xffff, true);
  view.setUint32(88, LARGE, true);
  view.setUint32(92, LARGE, true);
  return Buffer.concat([...records, end]);
}
