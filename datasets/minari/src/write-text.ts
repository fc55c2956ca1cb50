import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, ReplacementFile } from '@understudy/d4rl/hdf5';

/**
 * Writes a text file whole or not at all.
 *
 * @param name - What errors call it; default `path`.
 * @throws InputError when it cannot be written: the disk is full, say.
 */
export function writeText(path: string, text: string, name = path): void {
  const file = new ReplacementFile(path, name);
  file.write(new TextEncoder().encode(text), 0);
  file.commit();
}

/**
 * Makes a namespace's directory and describes it, if only with nothing, as Minari does.
 *
 * @throws InputError when nothing can be made there.
 */
export function describeNamespace(directory: string): void {
  makeDirectory(directory);
  const metadata = join(directory, 'namespace_metadata.json');
  if (!existsSync(metadata)) writeText(metadata, '{"description": null}');
}
