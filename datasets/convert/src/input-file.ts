import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '@understudy/errors';

/** A file open for reading at any place, whose reads are checked against its size. */
export class InputFile {
  readonly path: string;
  readonly size: number;
  readonly #descriptor: number;
  readonly #modified: number;
  #open = true;

  /** @throws InputError when it does not exist, may not be read or is no regular file. */
  constructor(path: string) {
    this.path = path;
    try {
      // A pipe without a writer would keep a call that blocks for ever.
      this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw openError(path, error);
    }
    const stats = fstatSync(this.#descriptor);
    this.size = stats.size;
    this.#modified = stats.mtimeMs;
    if (stats.isFile()) return;
    closeSync(this.#descriptor);
    throw new InputError(`${path} is ${stats.isDirectory() ? 'a directory' : 'no regular file'}, so name a file.`);
  }

  /** @throws InputError when the file ends before `position + length`. */
  read(position: number, length: number): Uint8Array<ArrayBuffer> {
    // A file cannot give more than it has: nothing is allocated for a false length.
    if (!(position >= 0 && length >= 0 && position + length <= this.size)) {
      throw this.damaged(`it ends at byte ${this.size}, before byte ${position + length}`);
    }
    const bytes = new Uint8Array(length);
    this.readInto(bytes, position);
    return bytes;
  }

  /** Fills `target` from `position` on. */
  readInto(target: Uint8Array, position: number): void {
    let done = 0;
    while (done < target.length) {
      const count = readSync(this.#descriptor, target, done, target.length - done, position + done);
      if (count === 0)
        throw this.damaged(`it ends at byte ${position + done}, before byte ${position + target.length}`);
      done += count;
    }
  }

  /** @throws InputError when the file was written to since it was opened. */
  checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.#descriptor);
    if (size !== this.size || mtimeMs !== this.#modified) {
      throw new InputError(`${this.path} changed while it was read, so wait until its writer is done.`);
    }
  }

  /** The error for a file that is not what it claims. */
  damaged(reason: string): InputError {
    return new InputError(`${this.path} is damaged (${reason}), so get a fresh copy.`);
  }

  close(): void {
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
  }
}

function openError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new InputError(`${path} does not exist, so check the path.`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new InputError(`${path} may not be read by you, so change its permissions.`);
  }
  return error;
}
