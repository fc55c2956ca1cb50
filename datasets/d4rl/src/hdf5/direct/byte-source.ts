import { readSync } from 'node:fs';
import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';

/** Metadata that is asked for at once; anything longer is damage. */
const MAX_BLOCK_BYTES = 2 ** 24;
/** HDF5's address of what is not there. */
export const NOWHERE = 0xffff_ffff_ffff_ffffn;

/** Bytes of an open file by HDF5 address, never beyond its end. */
export class ByteSource {
  readonly #descriptor: number;
  readonly #size: number;
  /** Where address 0 lies: behind a user's block, where there is one. */
  readonly #base: number;

  constructor(descriptor: number, size: number, base: number) {
    this.#descriptor = descriptor;
    this.#size = size;
    this.#base = base;
  }

  /** Bytes that addresses reach. */
  get size(): number {
    return this.#size - this.#base;
  }

  /** A cursor over `length` bytes of metadata. @throws Hdf5Failure when the file has no such bytes. */
  block(address: number, length: number): Cursor {
    if (length > MAX_BLOCK_BYTES) throw new Hdf5Failure(`a metadata block claims ${length} bytes`);
    return new Cursor(this.read(address, length));
  }

  /** @throws Hdf5Failure when the file has no such bytes. */
  read(address: number, length: number): Uint8Array {
    this.check(address, length);
    const bytes = new Uint8Array(length);
    this.readInto(bytes, address);
    return bytes;
  }

  /** @throws Hdf5Failure when the file has no such bytes. */
  check(address: number, length: number): void {
    if (address >= 0 && length >= 0 && address + length <= this.size) return;
    throw new Hdf5Failure(`bytes ${address} to ${address + length} are addressed and the file ends at ${this.size}`);
  }

  /** Fills `target` with the bytes from `address` on. */
  readInto(target: Uint8Array, address: number): void {
    this.check(address, target.length);
    let done = 0;
    while (done < target.length) {
      const count = readSync(this.#descriptor, target, done, target.length - done, this.#base + address + done);
      if (count === 0) throw new Hdf5Failure('the file became shorter while it was read');
      done += count;
    }
  }
}

/** Reads little-endian numbers one after another from a block of metadata, never beyond its end. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get at(): number {
    return this.#at;
  }

  /** Bytes from here to the end. */
  get left(): number {
    return this.bytes.length - this.#at;
  }

  skip(count: number): void {
    this.#take(count);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** @throws Hdf5Failure beyond 2^53, which is no size or address of any file. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Hdf5Failure(`${value} is no address or size`);
    return Number(value);
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes. */
  unsigned(bytes: number): number {
    if (bytes === 1) return this.u8();
    if (bytes === 2) return this.u16();
    if (bytes === 4) return this.u32();
    if (bytes === 8) return this.u64();
    throw new UnsupportedHdf5(`integers of ${bytes} bytes`);
  }

  /** An address, or undefined for the one that says that there is nothing. */
  address(): number | undefined {
    const at = this.#take(8);
    if (this.#view.getBigUint64(at, true) === NOWHERE) return undefined;
    this.#at = at;
    return this.u64();
  }

  take(count: number): Uint8Array {
    const at = this.#take(count);
    return this.bytes.subarray(at, at + count);
  }

  /** Text up to a zero byte, which is taken too. */
  text(): string {
    const end = this.bytes.indexOf(0, this.#at);
    if (end < 0) throw new Hdf5Failure('a name has no end');
    const text = decodeText(this.bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  /** @throws Hdf5Failure when other bytes stand here. */
  signature(expected: string): void {
    const found = this.take(expected.length);
    for (let i = 0; i < expected.length; i++) {
      if (found[i] !== expected.charCodeAt(i)) throw new Hdf5Failure(`"${expected}" is missing where it should stand`);
    }
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.bytes.length - at) throw new Hdf5Failure('a metadata block ends too early');
    this.#at = at + count;
    return at;
  }
}

const decoder = new TextDecoder();

/** UTF-8 without a byte order mark's special meaning. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
