import { closeSync, fstatSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { fixture, scratchDirectory } from '../../testing/scratch.ts';
import { UnsupportedHdf5 } from '../failure.ts';
import { LibraryFile } from '../library-file.ts';
import { LibraryThread } from '../library-thread.ts';
import { Hdf5File } from '../reader.ts';
import { Hdf5Writer } from '../writer.ts';
import { DirectFile } from './direct-file.ts';

/** Everything in a file as the package's own reader gives it, each dataset or why it is left to libhdf5. */
function readDirectly(path: string): Map<string, unknown> {
  const descriptor = openSync(path, 'r');
  try {
    const file = new DirectFile(descriptor, fstatSync(descriptor).size, 0);
    return new Map(file.listGroup().map((dataset) => [dataset.path, { dataset, data: read(file, dataset) }]));
  } finally {
    closeSync(descriptor);
  }
}

function read(file: DirectFile, { path, shape, dtype }: { path: string; shape: readonly number[]; dtype: string }) {
  try {
    if (dtype === 'other') return 'other';
    if (dtype !== 'string') return file.readRows(path, 0, shape[0] ?? 1);
    return shape.length === 0 ? file.readStrings(path)[0] : file.readStrings(path);
  } catch (error) {
    if (error instanceof UnsupportedHdf5) return 'left to libhdf5';
    throw error;
  }
}

async function readInLibrary(path: string): Promise<Map<string, unknown>> {
  const file = await LibraryFile.open(path);
  const all = [...file.datasets.values()].map((dataset) => {
    if (dataset.dtype === 'other') return [dataset.path, { dataset, data: 'other' }] as const;
    const data = dataset.dtype === 'string' ? file.readStrings(dataset.path) : file.readAll(dataset.path);
    return [dataset.path, { dataset, data }] as const;
  });
  file.close();
  return new Map(all);
}

const whole = ['bool-enums', 'float-terminals', 'no-timeouts', 'replay-float64', 'layouts', 'chunked'];
test.each(whole)('%s.hdf5 is read here alone, and as libhdf5 reads it', async (name) => {
  const found = readDirectly(fixture(`${name}.hdf5`));
  expect(found.size).toBeGreaterThan(3);
  expect([...found]).toEqual([...(await readInLibrary(fixture(`${name}.hdf5`)))]);
});

test('attributes, and groups looked into one at a time, are those that libhdf5 gives', async () => {
  const [mine, theirs] = [
    await Hdf5File.openLazily(fixture('layouts.hdf5')),
    await LibraryFile.openLazily(fixture('layouts.hdf5')),
  ];
  const thread = vi.spyOn(LibraryThread, 'current', 'get');
  expect(mine.rootNames()).toEqual(theirs.rootNames());
  for (const path of ['', 'many/group-3', 'text', 'split', 'number']) {
    expect(new Map([...mine.attributes(path)].sort())).toEqual(new Map([...theirs.attributes(path)].sort()));
  }
  expect(mine.attributes('').size).toBe(10);
  for (const group of ['split', 'many/group-3', 'many']) expect(mine.listGroup(group)).toEqual(theirs.listGroup(group));
  expect(mine.readAll('split/columns')).toEqual(theirs.readAll('split/columns'));
  expect(mine.readGroup('plain', 10_000)).toEqual(theirs.readGroup('plain', 10_000));
  expect(mine.readGroup('plain', 10).values.size).toBe(0);
  mine.forgetGroup('plain');
  expect(mine.attributesOf(['text', ''])).toEqual([mine.attributes('text'), mine.attributes('')]);
  mine.forgetGroup('split');
  expect([...mine.datasets.keys()]).toHaveLength(60);
  expect(() => mine.readAll('split/columns')).toThrow('has no dataset split/columns');
  expect(() => mine.attributes('nothing')).toThrow(/nothing" of .* is damaged .*there is nothing at nothing/);
  expect(thread).not.toHaveBeenCalled();
  theirs.close();
  mine.close();
});

test('a file opened lazily goes over to libhdf5 where it has to', async () => {
  const file = await Hdf5File.openLazily(fixture('layouts.hdf5'));
  const direct = vi.spyOn(DirectFile.prototype, 'readRows').mockImplementation(() => {
    throw new UnsupportedHdf5('a test');
  });
  file.listGroup('plain');
  expect([...file.readRows('plain/f4', 0, 3)]).toEqual([-3, -2, -1]);
  file.forgetGroup('plain');
  file.listGroup('plain');
  expect([...file.readRows('plain/f4', 0, 3)]).toEqual([-3, -2, -1]);
  direct.mockRestore();
  file.close();
});

test('what is unusual is left to libhdf5, a dataset or the whole file', () => {
  expect(() => readDirectly(fixture('unusual.hdf5'))).toThrow(UnsupportedHdf5);
  expect(() => readDirectly(fixture('latest-format.hdf5'))).toThrow(UnsupportedHdf5);
  expect(() => readDirectly(fixture('unusual-latest.hdf5'))).toThrow(UnsupportedHdf5);
});

test('any rows of any shape in any chunks are those that libhdf5 reads', async () => {
  const directory = scratchDirectory();
  const { h5wasm, FS } = await loadWriter();
  let files = 0;
  const dimension = fc.record({ size: fc.integer({ min: 1, max: 12 }), chunk: fc.integer({ min: 1, max: 12 }) });
  const cases = fc.record({
    type: fc.constantFrom('<f4', '<d', '<b', '<i2', '<q'),
    dimensions: fc.array(dimension, { minLength: 1, maxLength: 4 }),
    gzip: fc.boolean(),
    first: fc.nat(12),
    second: fc.nat(12),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ type, dimensions, gzip, first, second }) => {
      const shape = dimensions.map(({ size }) => size);
      const chunks = dimensions.map(({ size, chunk }) => Math.min(size, chunk));
      const count = shape.reduce((product, n) => product * n, 1);
      const values = Array.from({ length: count }, (_, i) => (i * 7) % 120);
      const data = type.endsWith('q') ? BigInt64Array.from(values.map(BigInt)) : values;
      const path = join(directory, `${files++}.hdf5`);
      const file = new h5wasm.File(`/any-${files}.hdf5`, 'w');
      file.create_dataset({ name: 'x', data, shape, dtype: type, chunks, ...(gzip ? { compression: 'gzip' } : {}) });
      file.close();
      writeFileSync(path, FS.readFile(`/any-${files}.hdf5`));

      const descriptor = openSync(path, 'r');
      const direct = new DirectFile(descriptor, fstatSync(descriptor).size, 0);
      const library = await LibraryFile.open(path);
      expect(direct.listGroup()).toEqual([...library.datasets.values()]);
      const [a, b] = [first, second].map((row) => Math.min(row, shape[0])).sort((x, y) => x - y);
      // Twice, since what the first read unpacked is kept for the second.
      expect(direct.readRows('x', a, b)).toEqual(library.readRows('x', a, b));
      expect(direct.readRows('x', a, shape[0])).toEqual(library.readRows('x', a, shape[0]));
      expect(direct.readRows('x', 0, shape[0])).toEqual(library.readRows('x', 0, shape[0]));
      library.close();
      closeSync(descriptor);
    }),
    { numRuns: 60, seed: 3 },
  );
});

test('an index that leads in a circle, or claims more than the file holds, ends soon', () => {
  const path = join(scratchDirectory(), 'circle.hdf5');
  const writer = new Hdf5Writer(path, 0, 1);
  const rows = writer.createRows('rows', 'float32', []);
  rows.append(new Uint8Array(4 * 200));
  writer.close();
  const bytes = readFileSync(path);
  const trees: number[] = [];
  for (let at = bytes.indexOf('TREE'); at >= 0; at = bytes.indexOf('TREE', at + 1)) trees.push(at);
  const root = trees.find((at) => bytes[at + 5] === 1)!;
  // The root's first child becomes the root itself: key of size, mask and two offsets, then the address.
  bytes.writeBigUInt64LE(BigInt(root), root + 24 + 24);
  writeFileSync(path, bytes);
  expect(() => readDirectly(path)).toThrow("a dataset's tree does not end");
  bytes.writeUInt16LE(0xffff, root + 6);
  writeFileSync(path, bytes);
  expect(() => readDirectly(path)).toThrow(/larger than the file|are addressed and the file ends/);
  truncateSync(path, 100);
  expect(() => readDirectly(path)).toThrow('truncated file');
});

/** h5wasm as it comes, which can write, in its own file system. */
async function loadWriter() {
  const h5wasm = await import('h5wasm');
  const { FS } = (await h5wasm.ready) as unknown as { FS: { readFile(path: string): Uint8Array } };
  return { h5wasm, FS };
}
