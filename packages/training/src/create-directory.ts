import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { explainingFileErrors } from './file-errors.ts';

/**
 * Creates a directory and those above it that are missing.
 *
 * Node's own recursive mkdir never returns where a directory exists but nothing can be created in it, below /proc say.
 *
 * @throws InputError when the path can't be a directory.
 */
export function createDirectory(path: string): void {
  explainingFileErrors('write', path, () => createMissing(resolve(path)));
}

function createMissing(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  if (dirname(path) !== path) createMissing(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in between.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}
