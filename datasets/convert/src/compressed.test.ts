import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { CompressionType, compressionRegistry, tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { convert, openSource } from './convert.ts';
import { scratchDirectory } from './testing/scratch.ts';

const numbers = Float64Array.from({ length: 1000 }, (_, i) => Math.sqrt(i));

/** A Zstandard frame of one block that is stored as it is. */
function zstdFrame(content: Uint8Array): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0xfd2fb528, 0);
  // One segment, whose size takes four bytes.
  head.writeUInt8(0b1010_0000, 4);
  head.writeUInt32LE(content.length, 5);
  // The last block, of the kind that is stored.
  head.writeUIntLE((content.length << 3) | 1, 9, 3);
  return Buffer.concat([head, content]);
}

/** The beginning of an LZ4 frame, of version 1; nobody reads on. */
const lz4Frame = (content: Uint8Array) => Buffer.concat([Buffer.from([4, 0x22, 0x4d, 0x18, 0x40, 0x40, 0]), content]);

test.each([
  ['LZ4', CompressionType.LZ4_FRAME, lz4Frame],
  ['Zstandard', CompressionType.ZSTD, zstdFrame],
])('an Arrow file that is packed by %s is refused by that name', async (name, type, encode) => {
  compressionRegistry.set(type, { encode });
  const path = join(scratchDirectory(), 'a.arrow');
  writeFileSync(path, tableToIPC(tableFromArrays({ x: numbers }), 'file', type));
  await expect(convert(path, `${path}.npz`)).rejects.toThrow(
    `a.arrow is packed by ${name}, and only Arrow files that are not packed are read, so write it again: compression=`,
  );
});

test('Parquet packed by Zstandard is read where Node can, and refused with the version elsewhere', async () => {
  const path = join(scratchDirectory(), 'a.parquet');
  const columnData = [{ name: 'x', data: numbers, type: 'DOUBLE' as const }];
  const bytes = parquetWriteBuffer({ columnData, codec: 'ZSTD', compressors: { ZSTD: zstdFrame } });
  writeFileSync(path, new Uint8Array(bytes));
  const read = async () => {
    const source = await openSource(path);
    try {
      const rows: number[] = [];
      for await (const { data } of source.blocks()) rows.push(...(data[0] as Float64Array));
      return rows;
    } finally {
      await source.close();
    }
  };
  if ('zstdDecompressSync' in zlib) expect(await read()).toEqual([...numbers]);
  else await expect(read()).rejects.toThrow('a.parquet is packed by ZSTD, which needs Node 22.15 or newer, so write');
});

test('Parquet packed by LZ4 is refused by that name', async () => {
  const path = join(scratchDirectory(), 'a.parquet');
  const columnData = [{ name: 'x', data: numbers, type: 'DOUBLE' as const }];
  const bytes = parquetWriteBuffer({ columnData, codec: 'LZ4', compressors: { LZ4: zlib.deflateSync } });
  writeFileSync(path, new Uint8Array(bytes));
  await expect(convert(path, `${path}.npz`)).rejects.toThrow(
    'a.parquet is packed by LZ4, so write it with compression=',
  );
});
