/** HDF5's "undefined address" and "unlimited dimension": all bits set. */
export const UNDEFINED = 0xffff_ffff_ffff_ffffn;

/** Bytes put one after another, little-endian, for blocks of a few kilobytes. */
export class ByteBuilder {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(...values: number[]): this {
    for (const value of values) {
      const at = this.#reserve(1);
      this.#view.setUint8(at, value);
    }
    return this;
  }

  u16(...values: number[]): this {
    for (const value of values) {
      const at = this.#reserve(2);
      this.#view.setUint16(at, value, true);
    }
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) {
      const at = this.#reserve(4);
      this.#view.setUint32(at, value, true);
    }
    return this;
  }

  u64(...values: (number | bigint)[]): this {
    for (const value of values) {
      const at = this.#reserve(8);
      this.#view.setBigUint64(at, BigInt(value), true);
    }
    return this;
  }

  bytes(...blocks: Uint8Array[]): this {
    for (const block of blocks) {
      const at = this.#reserve(block.length);
      this.#bytes.set(block, at);
    }
    return this;
  }

  /** ASCII or UTF-8 text without a terminator. */
  text(text: string): this {
    return this.bytes(new TextEncoder().encode(text));
  }

  /** Zeros up to `length` bytes in all. */
  padTo(length: number): this {
    if (length > this.#length) this.#reserve(length - this.#length);
    return this;
  }

  build(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
