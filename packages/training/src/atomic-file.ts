import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainingFileErrors } from './file-errors.ts';

/**
 * Writes a whole file or none: the bytes go to a file beside it, reach the disk, and only then take its name. A file
 * that was there before stays whole when anything fails.
 *
 * @throws InputError when the disk is full or the path can't be written.
 */
export function writeFileAtomically(path: string, content: Uint8Array | string): void {
  const beside = `${path}.partial`;
  explainingFileErrors('write', path, () => {
    try {
      writeDurably(beside, typeof content === 'string' ? Buffer.from(content) : content);
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
    syncDirectory(dirname(path));
  });
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a rename last through a power cut. Windows can't open directories, and doesn't need it. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
