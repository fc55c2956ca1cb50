import { createInflateRaw, type InflateRaw } from 'node:zlib';
import type { InputFile } from '../input-file.ts';
import { crc32 } from './crc32.ts';
import type { ZipEntry } from './zip-directory.ts';

const PIECE_BYTES = 65_536;

/** Reads a file of a ZIP archive front to back, unpacking no more than is asked for, and checks its sum at the end. */
export class EntryReader {
  readonly entry: ZipEntry;
  readonly #file: InputFile;
  readonly #inflate: InflateRaw | undefined;
  readonly #pieces: AsyncIterator<Buffer> | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #consumed = 0;
  #delivered = 0;
  #crc = 0;

  constructor(file: InputFile, entry: ZipEntry) {
    this.#file = file;
    this.entry = entry;
    if (entry.method === 0) return;
    this.#inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
    this.#pieces = this.#inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#feed();
  }

  /** Fills `target` with the next bytes. */
  async readInto(target: Uint8Array): Promise<void> {
    const { entry } = this;
    if (this.#delivered + target.length > entry.bytes) throw this.#damaged('is shorter than its array');
    if (this.#pieces === undefined) this.#file.readInto(target, entry.position + this.#delivered);
    else await this.#unpackInto(target);
    this.#delivered += target.length;
    this.#crc = crc32(target, this.#crc);
    if (this.#delivered === entry.bytes && this.#crc !== entry.crc) throw this.#damaged('has another checksum');
  }

  close(): void {
    this.#inflate?.destroy();
  }

  async #unpackInto(target: Uint8Array): Promise<void> {
    let done = 0;
    while (done < target.length) {
      if (this.#rest.length === 0) {
        let piece: IteratorResult<Buffer>;
        try {
          piece = await this.#pieces!.next();
        } catch {
          throw this.#damaged('cannot be unpacked');
        }
        if (piece.done === true) throw this.#damaged('is shorter than it claims');
        this.#rest = piece.value;
      }
      const count = Math.min(this.#rest.length, target.length - done);
      target.set(this.#rest.subarray(0, count), done);
      this.#rest = this.#rest.subarray(count);
      done += count;
    }
  }

  /** Hands on packed pieces as the unpacking side takes them. */
  #feed(): void {
    const inflate = this.#inflate!;
    const { compressedBytes, position } = this.entry;
    if (inflate.destroyed) return;
    if (this.#consumed >= compressedBytes) {
      inflate.end();
      return;
    }
    const count = Math.min(PIECE_BYTES, compressedBytes - this.#consumed);
    let piece: Uint8Array;
    try {
      piece = this.#file.read(position + this.#consumed, count);
    } catch (error) {
      inflate.destroy(error as Error);
      return;
    }
    this.#consumed += count;
    inflate.write(piece, () => this.#feed());
  }

  #damaged(reason: string): Error {
    return this.#file.damaged(`"${this.entry.name}" ${reason}`);
  }
}
