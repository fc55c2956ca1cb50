import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { isInputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { contentHash, convert, openSource } from './convert.ts';
import type { Format } from './formats.ts';
import { crc32 } from './npz/crc32.ts';
import { formatNpyHeader } from './npz/npy.ts';
import { fixedDataset, writeSmallDataset } from './testing/datasets.ts';
import { scratchDirectory } from './testing/scratch.ts';

/** Damaged files of a format; HDF5 is met by 1,000 in each of the packages that read it. */
const MUTATIONS: Partial<Record<Format, number>> = { d4rl: 80, minari: 80 };
const MOST_MUTATIONS = 200;
/** One in so many is converted, and the others only read, which is where damage is met: writing waits for the disk. */
const CONVERTED = 40;

async function writeAs(directory: string, name: string): Promise<string> {
  const from = join(directory, 'original.hdf5');
  writeSmallDataset(from, fixedDataset({ metadata: { algorithm: 'SAC', names: ['a', 'b'] } }));
  const path = join(directory, name);
  await convert(from, path, { lossy: true });
  return path;
}

async function readAll(path: string, format: Format): Promise<void> {
  const source = await openSource(path, format);
  try {
    let rows = 0;
    for await (const block of source.blocks()) rows += block.rows;
    expect(rows).toBe(source.header.rows);
  } finally {
    await source.close();
  }
}

test.each<[string, Format]>([
  ['a.h5', 'd4rl'],
  ['a-v0', 'minari'],
  ['a.parquet', 'parquet'],
  ['a.arrow', 'arrow'],
  ['a.safetensors', 'safetensors'],
  ['a.npz', 'npz'],
  ['a.csv', 'csv'],
  ['a.jsonl', 'jsonl'],
])('a damaged %s gives an InputError or data, and nothing else', async (name, format) => {
  const directory = scratchDirectory();
  const path = await writeAs(directory, name);
  const file = format === 'minari' ? join(path, 'data', 'main_data.hdf5') : path;
  const whole = readFileSync(file);
  const random = defaultRng(7);
  const [damaged, output] = [join(directory, `damaged${name.slice(1)}`), join(directory, 'out', 'x.safetensors')];
  mkdirSync(join(directory, 'out'));
  if (format === 'minari') cpSync(path, damaged, { recursive: true });
  const target = format === 'minari' ? join(damaged, 'data', 'main_data.hdf5') : damaged;
  const count = MUTATIONS[format] ?? MOST_MUTATIONS;
  let refused = 0;
  for (let i = 0; i < count; i++) {
    let bytes = Uint8Array.from(whole);
    const kind = random.integers(4);
    // Most damage to the front and back, where the descriptions are.
    const place = () => {
      const edge = Math.min(whole.length, 600);
      const where = random.integers(0, 3);
      if (where === 0) return random.integers(0, edge);
      return where === 1 ? whole.length - 1 - random.integers(0, edge) : random.integers(0, whole.length);
    };
    if (kind === 0) bytes = bytes.slice(0, random.integers(1, whole.length));
    else
      for (let n = 0; n < kind * 2; n++) bytes[place()] = [0, 255, 127, random.integers(0, 256)][random.integers(0, 4)];
    writeFileSync(target, bytes);
    try {
      if (i % CONVERTED === 0) await convert(damaged, output, { from: format });
      else await readAll(damaged, format);
    } catch (error) {
      if (!isInputError(error)) throw error;
      expect(error.message).not.toContain('\n    at ');
      refused++;
      expect(readdirSync(join(directory, 'out'))).toEqual([]);
    }
    rmSync(output, { force: true });
  }
  expect(refused).toBeGreaterThan(count / 6);
});

/** A ZIP archive of one deflated entry whose directory may claim another size. */
function zipOf(name: string, content: Uint8Array, claimed = content.length): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(crc32(content), 16);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(claimed, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

const npy = (rows: number, bytes: Uint8Array) => Buffer.concat([formatNpyHeader('float64', [rows]), bytes]);

test('a packed array of NumPy is read', async () => {
  const directory = scratchDirectory();
  const [npz, csv] = [join(directory, 'a.npz'), join(directory, 'a.csv')];
  writeFileSync(npz, zipOf('x.npy', npy(2, new Uint8Array(Float64Array.of(1.5, -2).buffer))));
  await convert(npz, csv);
  expect(readFileSync(csv, 'utf8')).toBe('x\n1.5\n-2\n');
});

test.each([
  ['a size that no packing gives', () => zipOf('x.npy', npy(1, new Uint8Array(8)), 2 ** 31), 'claims 2147483648 bytes'],
  ['a shape larger than its bytes', () => zipOf('x.npy', npy(2 ** 40, new Uint8Array(8))), 'where its shape needs'],
  ['an array of pickled objects', () => zipOf('x.npy', pickled()), 'an array of type |O'],
])('an archive with %s is refused', async (_, make, reason) => {
  const directory = scratchDirectory();
  const path = join(directory, 'a.npz');
  writeFileSync(path, make());
  await expect(convert(path, join(directory, 'b.csv'))).rejects.toThrow(reason);
});

function pickled(): Uint8Array {
  const header = formatNpyHeader('float64', [1]);
  const text = Buffer.from(header).toString('latin1').replace("'<f8'", "'|O' ");
  return Buffer.from(text, 'latin1');
}

test('a bomb of zeros is unpacked no further than it is asked for', async () => {
  const directory = scratchDirectory();
  const path = join(directory, 'a.npz');
  const rows = 4_000_000;
  writeFileSync(path, zipOf('x.npy', npy(rows, new Uint8Array(8 * rows))));
  expect(statSync(path).size).toBeLessThan(40_000);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const seen = () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  };
  await convert(path, join(directory, 'b.safetensors'), { onProgress: seen });
  expect(most).toBeLessThan(24e6);
  expect(await contentHash(join(directory, 'b.safetensors'))).toBe(await contentHash(path));
});

test.each([
  ['rows beyond the file', { x: { dtype: 'F64', shape: [2 ** 40], data_offsets: [0, 8 * 2 ** 40] } }, 'end at byte'],
  [
    'rows that its bytes are not',
    { x: { dtype: 'F64', shape: [2], data_offsets: [0, 8] } },
    'has 8 bytes where its shape needs 16',
  ],
  ['an unknown type', { x: { dtype: 'F16', shape: [4], data_offsets: [0, 8] } }, 'has the type "F16"'],
  ['no rows', { x: { dtype: 'F64', shape: [], data_offsets: [0, 8] } }, 'has no rows'],
  ['no tensors', {}, 'has no tensors'],
])('safetensors that claim %s are refused', async (_, header, reason) => {
  const directory = scratchDirectory();
  const path = join(directory, 'a.safetensors');
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(8)]));
  await expect(convert(path, join(directory, 'b.csv'))).rejects.toThrow(reason);
});

test.each([
  ['a.csv', 'x,y\n1,2\n3\n', 'line 3 has 1 fields where 2 were expected'],
  ['a.csv', 'x,y\n1,two\n', 'line 2 has "two" for "y" where a number was expected'],
  ['a.csv', 'x,x\n1,2\n', 'two columns of one name'],
  ['a.csv', '1,2\n3,4\n', 'begins with numbers where a line of column names was expected'],
  ['a.csv', 'terminals\nmaybe\n', 'has "maybe" for "terminals" where True or False was expected'],
  ['a.jsonl', '{"x": 1}\n[2]\n', 'line 2 is no JSON object'],
  ['a.jsonl', '{"x": 1}\n{"y": 2}\n', 'line 2 has no number under "x"'],
  ['a.jsonl', '{"x": [1, 2]}\n{"x": [1]}\n', 'line 2 has no list of numbers of shape [2] under "x"'],
  ['a.jsonl', '{"x": "word"}\n', 'is no number, boolean or list of these'],
])('%s: a wrong line is named: %j', async (name, text, reason) => {
  const directory = scratchDirectory();
  const path = join(directory, name);
  writeFileSync(path, text);
  await expect(convert(path, join(directory, 'b.npz'))).rejects.toThrow(reason);
});

test('descriptions that promise what no row can hold, and options of no kind, are refused or left out', async () => {
  const directory = scratchDirectory();
  const path = join(directory, 'a.jsonl');
  const write = (header: object) => writeFileSync(path, `${JSON.stringify({ understudy: header })}\n{"x":1}\n`);
  const column = { name: 'x', type: 'float64', shape: [2 ** 24, 64] };
  write({ version: 1, rows: 1, columns: [column], metadata: {} });
  await expect(convert(path, join(directory, 'b.npz'))).rejects.toThrow('rows of 8589934592 bytes');
  write({ version: 2, rows: 1, columns: [{ ...column, shape: [] }], metadata: {} });
  await expect(convert(path, join(directory, 'b.npz'))).rejects.toThrow('its description is damaged (version');
  const names = ['observations', 'actions', 'rewards', 'terminals', 'next_observations'];
  const columns = names.map((name) => ({ name, type: name === 'terminals' ? 'bool' : 'float64', shape: [] }));
  const attributes = { options: { a: null, b: { c: [] }, d: ['x', 1] } };
  const row = '{"observations":1,"actions":1,"rewards":1,"terminals":true,"next_observations":2}';
  const header = (metadata: object) => ({
    version: 1,
    rows: 1,
    columns,
    metadata,
    episodes: [{ length: 1, attributes }],
  });
  writeFileSync(path, `${JSON.stringify({ understudy: header({}) })}\n${row}\n`);
  expect(await convert(path, join(directory, 'b-v0'))).toMatchObject({ rows: 1 });
  writeFileSync(path, `${JSON.stringify({ understudy: header({ minari: { other: '{' } }) })}\n${row}\n`);
  await expect(convert(path, join(directory, 'c-v0'))).rejects.toThrow('metadata/minari/other is not JSON');
});
