import { closeSync, existsSync, fsyncSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '@understudy/errors';

let created = 0;

/**
 * A file written beside its destination and renamed onto it when whole, so that a crash or a full disk leaves the
 * destination as it was.
 */
export class ReplacementFile {
  readonly path: string;
  readonly #name: string;
  readonly #partial: string;
  #descriptor: number | undefined;

  /**
   * @param name - What errors call it; default `path`.
   * @throws InputError when nothing can be created beside `path`, or `path` is a directory.
   */
  constructor(path: string, name = path) {
    this.path = path;
    this.#name = name;
    this.#partial = join(dirname(path), `.${basename(path)}.${process.pid}-${created++}.partial`);
    this.#descriptor = this.#attempt(() => {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
        throw new InputError(`${path} is a directory where a file to write was expected, so add a file name to it.`);
      }
      return openSync(this.#partial, 'wx');
    });
  }

  /** Writes all of `bytes` at `position`. On failure the partial file is removed. */
  write(bytes: Uint8Array, position: number): void {
    this.#attempt(() => {
      let done = 0;
      while (done < bytes.length) {
        done += writeSync(this.#open(), bytes, done, bytes.length - done, position + done);
      }
    });
  }

  /** Flushes to the disk and takes the destination's place. */
  commit(): void {
    this.#attempt(() => {
      const descriptor = this.#open();
      fsyncSync(descriptor);
      this.#descriptor = undefined;
      closeSync(descriptor);
      renameSync(this.#partial, this.path);
    });
  }

  /** Removes what was written. Does nothing after {@link commit} or a failure. */
  discard(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
    unlinkSync(this.#partial);
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new Error(`${this.path} is no longer open for writing.`);
    return this.#descriptor;
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.#removePartial();
      throw writeError(this.#name, error);
    }
  }

  #removePartial(): void {
    const wasOpen = this.#descriptor;
    this.#descriptor = undefined;
    try {
      if (wasOpen !== undefined) closeSync(wasOpen);
    } catch {
      // The descriptor is gone either way; the first error is the one to report.
    }
    try {
      unlinkSync(this.#partial);
    } catch {
      // It was never created, or its directory went away with it.
    }
  }
}

const reasons: Record<string, (path: string) => string> = {
  ENOENT: (path) =>
    existsSync(dirname(path))
      ? `nothing can be created in the directory ${dirname(path)}, so choose another path`
      : `the directory ${dirname(path)} does not exist, so create it or choose another path`,
  ENOTDIR: (path) => `${dirname(path)} is not a directory, so choose another path`,
  EACCES: (path) => `the directory ${dirname(path)} is not writable, so change its permissions or choose another path`,
  EPERM: (path) => `the directory ${dirname(path)} is not writable, so change its permissions or choose another path`,
  EROFS: (path) => `the directory ${dirname(path)} is read-only, so choose another path`,
  EISDIR: () => 'a directory has that name, so choose another path',
  ENAMETOOLONG: () => 'the name is too long, so choose a shorter one',
  ENOSPC: () => 'the disk is full, so free some space and try again',
  EDQUOT: () => 'your disk quota is used up, so free some space and try again',
  EFBIG: () => 'the file system does not hold files of that size, so record fewer transitions or choose another disk',
  EIO: () => 'the disk reported an input/output error, so check it or choose another path',
};

/** Tells in a sentence why a path cannot be written; other errors come back as they are. */
export function writeError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === undefined ? undefined : reasons[code]?.(path);
  return reason === undefined ? error : new InputError(`Cannot write ${path}: ${reason}.`);
}
