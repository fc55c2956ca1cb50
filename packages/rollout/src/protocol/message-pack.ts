import { isUtf8 } from 'node:buffer';
import { decode, Encoder } from '@msgpack/msgpack';
import { MAX_DEPTH, MAX_ITEMS, MAX_STRING_BYTES } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';

const encoder = new Encoder({ ignoreUndefined: true, maxDepth: MAX_DEPTH });

/** A value as MessagePack; keys whose value is undefined are left out. */
export function packHeader(value: unknown): Uint8Array {
  return encoder.encode(value);
}

/**
 * The value of a MessagePack header.
 *
 * The bytes are walked once before anything is built from them: depth, count and lengths are within their limits, strings
 * are UTF-8, keys are strings, nothing follows the value, and there are neither binaries nor extension types.
 *
 * @throws ProtocolError `malformed` or `limit`.
 */
export function unpackHeader(bytes: Uint8Array): unknown {
  const end = new HeaderWalk(bytes).walk();
  if (end !== bytes.length) throw malformed(`${bytes.length - end} bytes follow its MessagePack value`);
  try {
    return decode(bytes);
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError('malformed', `The header of a message can't be read: ${reason}.`);
}

/** Walks MessagePack bytes without building anything. */
class HeaderWalk {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @returns where the value ends. */
  walk(): number {
    this.#value(0);
    return this.#at;
  }

  #value(depth: number): void {
    if (depth > MAX_DEPTH) throw new ProtocolError('limit', `A header is nested deeper than ${MAX_DEPTH}.`);
    if (++this.#items > MAX_ITEMS) throw new ProtocolError('limit', `A header has more than ${MAX_ITEMS} values.`);
    const type = this.#take(1);
    if (type <= 0x7f || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) return;
    if (type <= 0x8f) this.#map(type & 0x0f, depth);
    else if (type <= 0x9f) this.#array(type & 0x0f, depth);
    else if (type <= 0xbf) this.#string(type & 0x1f);
    else if (type === 0xca || type === 0xcb) this.#skip(type === 0xca ? 4 : 8);
    else if (type >= 0xcc && type <= 0xcf) this.#integer(1 << (type - 0xcc), false);
    else if (type >= 0xd0 && type <= 0xd3) this.#integer(1 << (type - 0xd0), true);
    else if (type >= 0xd9 && type <= 0xdb) this.#string(this.#take(1 << (type - 0xd9)));
    else if (type === 0xdc || type === 0xdd) this.#array(this.#take(type === 0xdc ? 2 : 4), depth);
    else if (type === 0xde || type === 0xdf) this.#map(this.#take(type === 0xde ? 2 : 4), depth);
    else throw malformed(`type byte 0x${type.toString(16)} (a binary or an extension) has no place in it`);
  }

  #map(size: number, depth: number): void {
    // The shortest entry takes two bytes: a length beyond what is left is a lie.
    this.#expect(2 * size);
    const keys = new Set<string>();
    for (let i = 0; i < size; i++) {
      const from = this.#at;
      const type = this.#bytes[from];
      if (!((type >= 0xa0 && type <= 0xbf) || (type >= 0xd9 && type <= 0xdb))) throw malformed('a key is no string');
      this.#value(depth + 1);
      const key = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, this.#at - from).toString('latin1');
      if (keys.has(key)) throw malformed('a key stands twice in a map');
      keys.add(key);
      this.#value(depth + 1);
    }
  }

  #array(size: number, depth: number): void {
    this.#expect(size);
    for (let i = 0; i < size; i++) this.#value(depth + 1);
  }

  #string(length: number): void {
    if (length > MAX_STRING_BYTES) throw new ProtocolError('limit', `A string exceeds ${MAX_STRING_BYTES} bytes.`);
    const from = this.#at;
    this.#skip(length);
    if (!isUtf8(this.#bytes.subarray(from, this.#at))) throw malformed('a string is not UTF-8');
  }

  #integer(size: number, signed: boolean): void {
    if (size === 8) {
      this.#expect(8);
      const value = signed ? this.#view.getBigInt64(this.#at) : this.#view.getBigUint64(this.#at);
      const largest = BigInt(Number.MAX_SAFE_INTEGER);
      if (value > largest || value < -largest) throw malformed('an integer exceeds 2^53 - 1');
    }
    this.#skip(size);
  }

  /** The next big-endian unsigned number of 1, 2 or 4 bytes. */
  #take(size: number): number {
    this.#expect(size);
    const at = this.#at;
    this.#at += size;
    if (size === 1) return this.#bytes[at];
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(length: number): void {
    this.#expect(length);
    this.#at += length;
  }

  #expect(length: number): void {
    const left = this.#bytes.length - this.#at;
    if (length > left) throw malformed(`it ends where at least ${length} more bytes were announced, ${left} are there`);
  }
}
