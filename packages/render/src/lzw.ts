/** Codes of GIF's compression have at most 12 bits. */
const codeLimit = 4096;
const tableSize = 1 << 14;

/**
 * Compresses palette indices by GIF's variant of Lempel-Ziv-Welch: codes grow from `depth + 1` to 12 bits, lowest bit
 * first, and the dictionary starts over when it is full.
 *
 * @param depth - Bits of an index, 2 to 8.
 */
export function compressLzw(indices: Uint8Array, depth: number): Uint8Array {
  const clear = 1 << depth;
  const end = clear + 1;
  const output = new BitOutput(indices.length);
  // Strings are kept as the code of all but the last index with that index, in a hash table.
  const keys = new Int32Array(tableSize);
  const codes = new Int16Array(tableSize);
  let next = end + 1;
  let bits = depth + 1;
  const restart = () => {
    keys.fill(0);
    next = end + 1;
    bits = depth + 1;
  };
  output.write(clear, bits);
  let code = indices.length > 0 ? indices[0] : -1;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i];
    const key = ((code << 8) | index) + 1;
    let slot = Math.imul(key, 0x9e3779b1) >>> 18;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (tableSize - 1);
    if (keys[slot] === key) {
      code = codes[slot];
      continue;
    }
    output.write(code, bits);
    code = index;
    if (next === codeLimit) {
      output.write(clear, bits);
      restart();
      continue;
    }
    if (next === 1 << bits) bits++;
    keys[slot] = key;
    codes[slot] = next++;
  }
  if (code >= 0) {
    output.write(code, bits);
    // A decoder has learnt one more string by now, and may read the next code with one more bit.
    if (next === 1 << bits && bits < 12) bits++;
  }
  output.write(end, bits);
  return output.finish();
}

/** Bytes filled from their lowest bits. */
class BitOutput {
  #bytes: Uint8Array;
  #length = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(estimate: number) {
    this.#bytes = new Uint8Array(Math.max(64, estimate >> 1));
  }

  write(value: number, bits: number): void {
    this.#pending |= value << this.#pendingBits;
    this.#pendingBits += bits;
    while (this.#pendingBits >= 8) {
      this.#append(this.#pending & 0xff);
      this.#pending >>>= 8;
      this.#pendingBits -= 8;
    }
  }

  finish(): Uint8Array {
    if (this.#pendingBits > 0) this.#append(this.#pending & 0xff);
    return this.#bytes.subarray(0, this.#length);
  }

  #append(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }
}
