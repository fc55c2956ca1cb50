import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../testing/scratch.ts';
import type { StoredType } from './messages.ts';
import { Hdf5File } from './reader.ts';
import { Hdf5Writer } from './writer.ts';

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
};
type NumberType = keyof typeof arrays;

const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

test('libhdf5 reads back what is written, for every type, shape, level and chunk size', async () => {
  const directory = scratchDirectory();
  const cases = fc.record({
    type: fc.constantFrom(...(Object.keys(arrays) as NumberType[])),
    row: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
    rows: fc.integer({ min: 1, max: 300 }),
    level: fc.integer({ min: 0, max: 9 }),
    chunkBytes: fc.constantFrom(1, 64, 1000, 2 ** 17),
    block: fc.integer({ min: 1, max: 300 }),
    bits: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  });
  let file = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ type, row, rows, level, chunkBytes, block, bits }) => {
      const path = join(directory, `${file++}.hdf5`);
      const width = row.reduce((product, n) => product * n, 1);
      const size = rows * width * arrays[type].BYTES_PER_ELEMENT;
      const data = Uint8Array.from({ length: size }, () => bits.next().value as number);
      const writer = new Hdf5Writer(path, level, chunkBytes);
      const column = writer.createRows('group/column', type, row);
      for (let at = 0; at < size; at += block * column.rowBytes) {
        column.append(data.subarray(at, at + block * column.rowBytes));
      }
      writer.writeArray('fixed', type, [rows, ...row], data);
      writer.close();

      const read = await Hdf5File.open(path);
      expect(read.datasets.get('group/column')).toMatchObject({ shape: [rows, ...row], dtype: type });
      expect(bytesOf(read.readAll('group/column'))).toEqual(data);
      expect(bytesOf(read.readAll('fixed'))).toEqual(data);
      const start = Math.floor(rows / 3);
      const part = bytesOf(read.readRows('group/column', start, rows));
      expect(part).toEqual(data.subarray(start * column.rowBytes));
      read.close();
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('a chunk index of three levels finds every chunk', async () => {
  const path = join(scratchDirectory(), 'deep.hdf5');
  const writer = new Hdf5Writer(path, 0, 1);
  const column = writer.createRows('rows', 'int32', []);
  const data = Int32Array.from({ length: 4200 }, (_, i) => 7 * i);
  column.append(bytesOf(data));
  writer.close();
  const read = await Hdf5File.open(path);
  expect(read.datasets.get('rows')?.chunks).toEqual([1]);
  expect(read.readAll('rows')).toEqual(data);
  expect(read.readRows('rows', 4095, 4098)).toEqual(data.slice(4095, 4098));
  read.close();
});

test('booleans are the enumeration that h5py takes for bool', async () => {
  const path = join(scratchDirectory(), 'flags.hdf5');
  const writer = new Hdf5Writer(path, 4);
  writer.createRows('flags', 'bool', []).append(Uint8Array.of(0, 1, 1));
  writer.close();
  const read = await Hdf5File.open(path);
  expect(read.datasets.get('flags')?.dtype).toBe('bool' satisfies StoredType);
  expect(read.readAll('flags')).toEqual(Uint8Array.of(0, 1, 1));
  read.close();
});

test('strings and groups keep their names and characters', async () => {
  const path = join(scratchDirectory(), 'text.hdf5');
  const writer = new Hdf5Writer(path, 4);
  writer.writeString('a/plain', 'SAC');
  writer.writeString('a/empty', '');
  writer.writeString('a/naïve', 'Übung ☃');
  writer.writeStrings('a/list', ['x', 'longer', '']);
  const long = 'z'.repeat(5000);
  writer.writeString('b/long', long);
  for (let i = 0; i < 40; i++) writer.writeArray(`many/${i}`, 'int32', [], new Uint8Array(4).fill(i));
  writer.close();
  const read = await Hdf5File.open(path);
  expect(read.readStrings('a/plain')).toBe('SAC');
  expect(read.readStrings('a/empty')).toBe('');
  expect(read.readStrings('a/naïve')).toBe('Übung ☃');
  expect(read.readStrings('a/list')).toEqual(['x', 'longer', '']);
  expect(read.readStrings('b/long')).toBe(long);
  expect(read.readAll('many/39')).toEqual(Int32Array.of(0x27272727));
  read.close();
});

test('a discarded file leaves nothing behind', () => {
  const directory = scratchDirectory();
  const writer = new Hdf5Writer(join(directory, 'a.hdf5'), 4);
  writer.createRows('rows', 'float32', []).append(new Uint8Array(2 ** 18));
  expect(readdirSync(directory)).toHaveLength(1);
  writer.discard();
  writer.discard();
  expect(readdirSync(directory)).toEqual([]);
});

test('one name is written once', () => {
  const writer = new Hdf5Writer(join(scratchDirectory(), 'a.hdf5'), 4);
  writer.writeString('a', 'x');
  expect(() => writer.writeString('a', 'y')).toThrow('already written');
  expect(() => writer.writeString('a/b', 'y')).toThrow('dataset');
  writer.discard();
});

test('the superblock is the one of HDF5 1.8', () => {
  const path = join(scratchDirectory(), 'a.hdf5');
  const writer = new Hdf5Writer(path, 4);
  writer.writeString('a', 'x');
  writer.close();
  const bytes = readFileSync(path);
  expect([...bytes.subarray(0, 12)]).toEqual([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 2, 8, 8, 0]);
  expect(Number(bytes.readBigUInt64LE(28))).toBe(bytes.length);
});
