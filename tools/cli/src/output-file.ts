import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { createDirectory } from '@understudy/training';

/**
 * Makes sure that a file can be written before the work that fills it begins: its directory is made when missing.
 *
 * @throws The file system's refusal, which the error policy tells in a sentence.
 */
export function prepareOutputFile(path: string): void {
  const directory = dirname(path);
  createDirectory(directory);
  accessSync(directory, constants.W_OK);
}
