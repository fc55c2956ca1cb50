import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { InputError } from '@understudy/errors';
import { writeFileAtomically } from '@understudy/training';

/** What the first answer said about the content that a partial file holds the beginning of. */
export interface ContentIdentity {
  /** Where it comes from. */
  readonly url: string;
  /** Bytes of the whole. */
  readonly total: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

const diskFaults: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  ENOSPC: ['The disk is full', 'free some space'],
  EDQUOT: ['Your disk quota is used up', 'free some space'],
  EFBIG: ['Files of that size may not be written there', 'raise the limit or choose another directory'],
};

/**
 * The beginning of a file that is being fetched, `NAME.partial`, with `NAME.partial.json` beside it that says of which
 * content. Only {@link commit} gives it its name, so what has the name is whole.
 */
export class PartialFile {
  readonly destination: string;
  readonly path: string;
  readonly #identityPath: string;
  readonly #descriptor: number;
  #identity: ContentIdentity | undefined;
  #size: number;
  #open = true;

  /** Goes on with a partial file that is there and belongs to its identity. */
  constructor(destination: string) {
    this.destination = destination;
    this.path = `${destination}.partial`;
    this.#identityPath = `${this.path}.json`;
    this.#descriptor = openSync(this.path, existsSync(this.path) ? 'r+' : 'w+');
    this.#identity = readIdentity(this.#identityPath);
    this.#size = fstatSync(this.#descriptor).size;
    if (this.#identity === undefined || this.#size > this.#identity.total) this.restart(undefined);
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** Of the content that the bytes belong to; undefined where there are none. */
  get identity(): ContentIdentity | undefined {
    return this.#identity;
  }

  /** Drops what is there and begins with another content. */
  restart(identity: ContentIdentity | undefined): void {
    this.#attempt(() => {
      // In this order, so that a crash in between leaves no bytes that seem to belong to the new identity.
      if (this.#size > 0) ftruncateSync(this.#descriptor, 0);
      this.#size = 0;
      this.#identity = identity;
      if (identity === undefined) rmSync(this.#identityPath, { force: true });
      else writeFileAtomically(this.#identityPath, `${JSON.stringify(identity)}\n`);
    });
  }

  append(bytes: Uint8Array): void {
    this.#attempt(() => {
      let done = 0;
      while (done < bytes.length) {
        const count = writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#size);
        this.#size += count;
        done += count;
      }
    });
  }

  /** Bytes that are there, from `position` on. */
  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.#descriptor, bytes, done, length - done, position + done);
      if (count === 0) throw new Error(`${this.path} became shorter.`);
      done += count;
    }
    return bytes;
  }

  /** Gives the file its name. */
  commit(): void {
    this.#attempt(() => fsyncSync(this.#descriptor));
    this.close();
    renameSync(this.path, this.destination);
    rmSync(this.#identityPath, { force: true });
  }

  /** Removes what is there. */
  discard(): void {
    this.close();
    rmSync(this.path, { force: true });
    rmSync(this.#identityPath, { force: true });
  }

  /** Leaves what is there for another time; where that is nothing, no file stays. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
    if (this.#size === 0) this.discard();
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      const fault = diskFaults[code];
      if (fault === undefined) throw error;
      const [reason, advice] = fault;
      throw new InputError(
        `${reason}: ${this.#size} bytes of ${this.destination} are there and kept, so ${advice} and run the command ` +
          'again to go on.',
      );
    }
  }
}

/** Size of a partial file that is there; undefined where there is none. */
export function partialSize(destination: string): number | undefined {
  return statSync(`${destination}.partial`, { throwIfNoEntry: false })?.size;
}

/** @returns Undefined for what is not there or no identity. */
function readIdentity(path: string): ContentIdentity | undefined {
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const { url, total, etag, lastModified } = (value ?? {}) as Record<string, unknown>;
  const optional = (text: unknown) => text === undefined || typeof text === 'string';
  if (typeof url !== 'string' || !Number.isSafeInteger(total) || !optional(etag) || !optional(lastModified)) {
    return undefined;
  }
  return value as ContentIdentity;
}
