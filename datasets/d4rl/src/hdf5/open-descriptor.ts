import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import { readError } from './file-errors.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** A regular file that begins as HDF5, open for reading. */
export class OpenDescriptor {
  readonly path: string;
  readonly descriptor: number;
  /** Of the file when it was opened. */
  readonly size: number;
  /** Where its signature stands. */
  readonly base: number;
  readonly #opened: Stats;

  /** @throws InputError when `path` is no HDF5 file or cannot be read. */
  constructor(path: string) {
    this.path = path;
    try {
      // A pipe without a writer would keep a call that blocks for ever.
      this.descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw readError(path, error);
    }
    try {
      this.#opened = fstatSync(this.descriptor);
      if (!this.#opened.isFile()) {
        throw readError(path, { code: this.#opened.isDirectory() ? 'EISDIR' : 'special' });
      }
      this.size = this.#opened.size;
      this.base = this.#findSignature();
    } catch (error) {
      closeSync(this.descriptor);
      throw error;
    }
  }

  /** @throws InputError when the file was written to, or another took its place under its name. */
  checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.descriptor);
    if (size === this.#opened.size && mtimeMs === this.#opened.mtimeMs) return;
    throw this.#changed(size > this.#opened.size ? 'grew' : 'was changed');
  }

  /** @throws InputError when the path leads to another file by now. */
  checkSameFile(): void {
    const there = statSync(this.path, { throwIfNoEntry: false });
    if (there?.ino !== this.#opened.ino || there.dev !== this.#opened.dev) throw this.#changed('was replaced');
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** HDF5 allows a user's block in front; its signature then stands at 512, 1024, 2048 ... */
  #findSignature(): number {
    const bytes = new Uint8Array(8);
    for (let at = 0; at < this.size; at = at === 0 ? 512 : 2 * at) {
      readSync(this.descriptor, bytes, 0, 8, at);
      if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return at;
    }
    const what = this.size === 0 ? 'is empty' : 'is not an HDF5 file';
    throw new InputError(`${this.path} ${what}, where a dataset in HDF5 was expected, so choose another file.`);
  }

  #changed(how: string): InputError {
    return new InputError(`${this.path} ${how} while it was read, so read it again when nothing writes to it.`);
  }
}
