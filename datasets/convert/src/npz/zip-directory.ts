import type { InputFile } from '../input-file.ts';

/** A file in a ZIP archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0 is stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Of the first byte of its data. */
  readonly position: number;
}

const MAX_ENTRIES = 10_000;
const MAX_DIRECTORY_BYTES = 2 ** 24;
/** Deflate packs at most so many bytes into one. */
const MAX_EXPANSION = 1032;

/**
 * Reads the directory of a ZIP archive, ZIP64 included, and checks that every entry lies in the file, overlaps no other
 * (which is how small archives unpack to endless ones) and can hold what it claims.
 */
export function readZipDirectory(file: InputFile): ZipEntry[] {
  const { count, position, length } = findDirectory(file);
  if (count > MAX_ENTRIES || length > MAX_DIRECTORY_BYTES) {
    throw file.damaged(`its directory claims ${count} files in ${length} bytes`);
  }
  const bytes = file.read(position, length);
  const view = new DataView(bytes.buffer);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > length || view.getUint32(at, true) !== 0x02014b50) throw file.damaged('its directory is cut off');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const next = at + 46 + nameBytes + extraBytes + commentBytes;
    if (next > length) throw file.damaged('its directory is cut off');
    entries.push(readEntry(file, bytes.subarray(at, next), nameBytes, extraBytes));
    at = next;
  }
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.position - b.position)) {
    if (entry.position < end) throw file.damaged(`"${entry.name}" overlaps another file in it`);
    end = entry.position + entry.compressedBytes;
  }
  if (new Set(entries.map(({ name }) => name)).size < count) throw file.damaged('two files in it have one name');
  return entries;
}

function findDirectory(file: InputFile): { count: number; position: number; length: number } {
  const tailBytes = Math.min(file.size, 22 + 65_535);
  const tail = file.read(file.size - tailBytes, tailBytes);
  const view = new DataView(tail.buffer);
  let at = tailBytes - 22;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw file.damaged('it has no ZIP directory at its end');
  const [count, length, position] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 12, true),
    view.getUint32(at + 16, true),
  ];
  const small = count !== 0xffff && length !== 0xffff_ffff && position !== 0xffff_ffff;
  if (small || at < 20 || view.getUint32(at - 20, true) !== 0x07064b50) return { count, length, position };
  const record = file.read(Number(view.getBigUint64(at - 12, true)), 56);
  const large = new DataView(record.buffer);
  if (large.getUint32(0, true) !== 0x06064b50) throw file.damaged('its ZIP64 directory is not where it should be');
  return {
    count: Number(large.getBigUint64(32, true)),
    length: Number(large.getBigUint64(40, true)),
    position: Number(large.getBigUint64(48, true)),
  };
}

function readEntry(file: InputFile, header: Uint8Array, nameBytes: number, extraBytes: number): ZipEntry {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const name = new TextDecoder().decode(header.subarray(46, 46 + nameBytes));
  const flags = view.getUint16(8, true);
  const method = view.getUint16(10, true);
  if ((flags & 1) !== 0) throw file.damaged(`"${name}" is encrypted`);
  if (method !== 0 && method !== 8) throw file.damaged(`"${name}" is packed by method ${method}`);
  let bytes = view.getUint32(24, true);
  let compressedBytes = view.getUint32(20, true);
  let local = view.getUint32(42, true);
  // ZIP64: the values that do not fit stand in an extra field, in this order.
  for (let at = 46 + nameBytes; at + 4 <= 46 + nameBytes + extraBytes; ) {
    const [id, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (id === 1 && at + 4 + size <= header.length) {
      let field = at + 4;
      const take = (value: number) => {
        if (value !== 0xffff_ffff || field + 8 > at + 4 + size) return value;
        field += 8;
        return Number(view.getBigUint64(field - 8, true));
      };
      bytes = take(bytes);
      compressedBytes = take(compressedBytes);
      local = take(local);
    }
    at += 4 + size;
  }
  const localHeader = file.read(local, 30);
  const localView = new DataView(localHeader.buffer);
  if (localView.getUint32(0, true) !== 0x04034b50) throw file.damaged(`"${name}" is not where its directory says`);
  const position = local + 30 + localView.getUint16(26, true) + localView.getUint16(28, true);
  if (position + compressedBytes > file.size) throw file.damaged(`"${name}" reaches beyond its end`);
  if (method === 0 ? bytes !== compressedBytes : bytes > compressedBytes * MAX_EXPANSION + 64) {
    throw file.damaged(`"${name}" claims ${bytes} bytes out of ${compressedBytes}`);
  }
  return { name, method, crc: view.getUint32(16, true), compressedBytes, bytes, position };
}
