import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fixture, scratchDirectory } from '../testing/scratch.ts';
import { DirectFile } from './direct/direct-file.ts';
import { UnsupportedHdf5 } from './failure.ts';
import { LibraryThread } from './library-thread.ts';
import { Hdf5File } from './reader.ts';
import { Hdf5Writer } from './writer.ts';

/** A file whose attribute libhdf5 never finishes to read: its heap has an object without index and size. */
function endlessAttribute(directory: string): string {
  const path = join(directory, 'endless.hdf5');
  const writer = new Hdf5Writer(path, 0);
  writer.setAttributes('', { note: 'text in a heap' });
  writer.close();
  const bytes = readFileSync(path);
  bytes.fill(0, bytes.indexOf('GCOL') + 16, bytes.indexOf('GCOL') + 32);
  writeFileSync(path, bytes);
  return path;
}

test('what keeps libhdf5 busy for ever is refused after a while, and the next file is read', async () => {
  const path = endlessAttribute(scratchDirectory());
  const thread = LibraryThread.current;
  const other = await Hdf5File.openLazily(fixture('unusual.hdf5'));
  const { file } = thread.open(path, true, 20);
  expect(() => thread.call(path, file, 'attributes', [''], 2)).toThrow(
    /endless.hdf5 kept the HDF5 library busy for more than 2 s, .*copy\.$/,
  );
  expect(thread.alive).toBe(false);
  expect(() => other.rootNames()).toThrow(/Another file that was open is damaged .* open .*unusual.hdf5 again\.$/);
  const endless = await Hdf5File.openLazily(path);
  expect(() => endless.attributes('')).toThrow(/is damaged .*a string is not in its heap/);
  endless.close();
  other.close();
  const again = await Hdf5File.open(fixture('unusual.hdf5'));
  expect(again.readAll('empty')).toEqual(Float32Array.of(-1, -1, -1, -1));
  expect(again.readAll('holes').slice(12, 18)).toEqual(Float32Array.of(2.5, 2.5, 2.5, 1, 1, 1));
  again.close();
});

test.each([
  ['layouts', 'plain/f4'],
  ['unusual', 'plain'],
])('a file that grows, or is replaced, while it is read (%s)', async (name, column) => {
  const path = join(scratchDirectory(), 'data.hdf5');
  copyFileSync(fixture(`${name}.hdf5`), path);
  const growing = await Hdf5File.open(path);
  appendFileSync(path, 'more');
  expect(() => growing.readAll(column)).toThrow(/data.hdf5 grew while it was read, so read it again when nothing/);
  growing.close();

  copyFileSync(fixture(`${name}.hdf5`), path);
  const replaced = await Hdf5File.open(path);
  copyFileSync(fixture('chunked.hdf5'), `${path}.new`);
  renameSync(`${path}.new`, path);
  // What is open stays what it was; only libhdf5 has to open it again, by its name.
  if (name === 'layouts') expect(replaced.readAll(column).length).toBeGreaterThan(0);
  const direct = vi.spyOn(DirectFile.prototype, 'readRows').mockImplementation(() => {
    throw new UnsupportedHdf5('a test');
  });
  if (name === 'layouts') expect(() => replaced.readAll(column)).toThrow(/data.hdf5 was replaced while it was read/);
  direct.mockRestore();
  replaced.close();
});
