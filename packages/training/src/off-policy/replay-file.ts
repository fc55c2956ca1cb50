import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import { explainingFileErrors } from '../file-errors.ts';
import type { ReplayBuffer } from './replay-buffer.ts';

const magic = 'UNDREPL1';
const headerBytes = 64;

/**
 * A replay buffer's columns on disk, written as they fill: a ring of records, one a step of all environments.
 *
 * The file has room for more steps than the buffer, so that what a checkpoint knows of is still there when the process
 * dies after it has written newer steps. Little-endian: a header (`UNDREPL1`, then slots, environments, observation and
 * action size as uint32), then for each slot observations, actions, rewards, next observations as float32 and the
 * terminated and truncated flags as bytes.
 */
export class ReplayFile {
  readonly #path: string;
  readonly #buffer: ReplayBuffer;
  readonly #slots: number;
  readonly #recordBytes: number;
  readonly #record: Uint8Array;
  readonly #descriptor: number;
  /** Steps that the file holds. */
  #written = 0;

  /**
   * Opens the file or makes a new one.
   *
   * @param spareSteps - The most steps of all environments between two checkpoints.
   * @throws InputError when it can't be opened, or is the file of another buffer.
   */
  constructor(path: string, buffer: ReplayBuffer, spareSteps: number) {
    const { count, observationSize, actionSize } = buffer;
    this.#path = path;
    this.#buffer = buffer;
    this.#slots = buffer.slots + spareSteps;
    this.#recordBytes = count * (4 * (2 * observationSize + actionSize + 1) + 2);
    this.#record = new Uint8Array(this.#recordBytes);
    this.#descriptor = explainingFileErrors('write', path, () => openReadWrite(path));
    this.#checkHeader();
  }

  /** Writes the steps added since the last call, and sees them to the disk. */
  sync(): void {
    const { added, slots } = this.#buffer;
    for (let step = Math.max(this.#written, added - slots); step < added; step++) this.#writeStep(step);
    explainingFileErrors('write', this.#path, () => fdatasyncSync(this.#descriptor));
    this.#written = added;
  }

  /**
   * Fills the buffer with what it held after `added` steps.
   *
   * @throws InputError when the file doesn't reach so far.
   */
  restore(added: number): void {
    const first = Math.max(0, added - this.#buffer.slots);
    for (let step = first; step < added; step++) this.#readStep(step);
    this.#buffer.restoreAdded(added);
    this.#written = added;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #checkHeader(): void {
    const { count, observationSize, actionSize } = this.#buffer;
    const header = new Uint8Array(headerBytes);
    header.set(Buffer.from(magic));
    new Uint32Array(header.buffer, 8, 4).set([this.#slots, count, observationSize, actionSize]);
    if (fstatSync(this.#descriptor).size === 0) {
      explainingFileErrors('write', this.#path, () => writeSync(this.#descriptor, header, 0, headerBytes, 0));
      return;
    }
    const found = new Uint8Array(headerBytes);
    readSync(this.#descriptor, found, 0, headerBytes, 0);
    if (Buffer.compare(found, header) === 0) return;
    throw new InputError(
      `${this.#path} is not the replay buffer of this configuration; resume with the configuration that wrote it.`,
    );
  }

  #position(step: number): number {
    return headerBytes + (step % this.#slots) * this.#recordBytes;
  }

  #writeStep(step: number): void {
    const record = this.#record;
    this.#eachPart(step, (part, at) => record.set(part, at));
    explainingFileErrors('write', this.#path, () =>
      writeSync(this.#descriptor, record, 0, record.length, this.#position(step)),
    );
  }

  #readStep(step: number): void {
    const record = this.#record;
    const read = explainingFileErrors('read', this.#path, () =>
      readSync(this.#descriptor, record, 0, record.length, this.#position(step)),
    );
    if (read < record.length) {
      throw new InputError(`${this.#path} ends before the checkpoint's step; the run can't be resumed, start it anew.`);
    }
    this.#eachPart(step, (part, at) => part.set(record.subarray(at, at + part.length)));
  }

  /** Visits the bytes of a step's columns in the buffer with their places in its record. */
  #eachPart(step: number, visit: (part: Uint8Array, at: number) => void): void {
    const { slots, count, observationSize, actionSize, observations, actions, rewards, nextObservations } =
      this.#buffer;
    const { terminated, truncated } = this.#buffer;
    const first = (step % slots) * count;
    let at = 0;
    for (const [column, width] of [
      [observations, observationSize],
      [actions, actionSize],
      [rewards, 1],
      [nextObservations, observationSize],
      [terminated, 1],
      [truncated, 1],
    ] as const) {
      const part = column.subarray(first * width, (first + count) * width);
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      visit(bytes, at);
      at += bytes.length;
    }
  }
}

/** Opens for reading and writing, without cutting what is there. */
function openReadWrite(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return openSync(path, 'w+');
  }
}
