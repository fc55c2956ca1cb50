import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '@understudy/errors';
import { createDirectory } from '@understudy/training';

/**
 * Makes sure that a file can be written before the work that fills it begins: its directory is made when missing.
 *
 * @throws InputError when a directory has its name.
 * @throws The file system's refusal, which the error policy tells in a sentence.
 */
export function prepareOutputFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`A file is to be written, but ${path} is a directory; give the file's name as well.`);
  }
  const directory = dirname(path);
  createDirectory(directory);
  accessSync(directory, constants.W_OK);
}

/**
 * @param what - What the name was given as.
 * @throws InputError for a name of a file to write that does not end as HDF5 files do.
 */
export function checkHdf5Name(what: string, file: string): void {
  if (/\.(hdf5|h5)$/i.test(file)) return;
  throw new InputError(
    `${what} takes a file whose name ends in .hdf5 or .h5, but was "${file}"; \`understudy dataset convert\` makes ` +
      'other formats of it.',
  );
}
