import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { writeError } from './replacement-file.ts';

/**
 * Makes a directory and those above it that are missing.
 *
 * Node's own recursive mkdir does not return where a directory exists but nothing can be created in it, as in /proc.
 *
 * @param name - What errors call it; default `path`.
 * @throws InputError when nothing can be made there.
 */
export function makeDirectory(path: string, name = path): void {
  try {
    makeMissing(resolve(path));
  } catch (error) {
    throw writeError(name, error);
  }
}

function makeMissing(path: string): void {
  if (isDirectory(path)) return;
  if (dirname(path) !== path) makeMissing(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in between.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
