import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '@understudy/errors';
import { decodeSafetensors } from './decode.ts';
import { encodeSafetensors } from './encode.ts';
import type { SafetensorsContent, Tensor } from './tensor.ts';

/** Tells apart files that are written at the same time. */
let writes = 0;

/**
 * Writes a safetensors file so that at any moment, a crash included, `path` holds either its old content or all of the
 * new: the bytes go to a file beside it, are flushed to the disk, and take its name.
 *
 * @param tensors - A Map or pairs of name and tensor; the order does not matter to the bytes.
 * @throws InputError when the content cannot be stored or the file cannot be written; the old file then stands.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = encodeSafetensors(tensors, metadata);
  writes += 1;
  const beside = `${path}.${process.pid}-${writes}.partial`;
  try {
    const file = await open(beside, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw new InputError(`${path} cannot be written: ${reasonOf(error)}; choose a place that can be written to.`);
  }
  await flushDirectory(dirname(path));
}

/**
 * Reads a whole safetensors file. Tensors are copies: changing them leaves the file alone.
 *
 * @throws InputError when there is no such file or it is not a well-formed safetensors file.
 */
export async function readSafetensors(path: string): Promise<SafetensorsContent> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${reasonOf(error)}; give the path of a safetensors file.`);
  }
  return decodeSafetensors(bytes, path);
}

/** Makes the renaming itself durable. Systems that cannot flush a directory keep it in their journal. */
async function flushDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r');
    await directory.sync().finally(() => directory.close());
  } catch {
    // The file is whole either way.
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}
