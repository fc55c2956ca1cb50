const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const digits = new Map([...alphabet].map((character, digit) => [character, digit]));

/** Bytes of a CURVE key. */
export const KEY_BYTES = 32;

/** A CURVE key as ZeroMQ writes it (RFC 32): five characters for four bytes, 40 in all. */
export function encodeKey(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new TypeError(`A CURVE key has ${KEY_BYTES} bytes, not ${key.length}.`);
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  let text = '';
  for (let at = 0; at < KEY_BYTES; at += 4) {
    let value = view.getUint32(at);
    let group = '';
    for (let i = 0; i < 5; i++) {
      group = alphabet[value % 85] + group;
      value = Math.floor(value / 85);
    }
    text += group;
  }
  return text;
}

/** The bytes of a CURVE key in text; undefined when it is none. */
export function decodeKey(text: string): Uint8Array | undefined {
  if (text.length !== (KEY_BYTES * 5) / 4) return undefined;
  const key = new Uint8Array(KEY_BYTES);
  const view = new DataView(key.buffer);
  for (let group = 0; group < KEY_BYTES / 4; group++) {
    let value = 0;
    for (const character of text.slice(5 * group, 5 * group + 5)) {
      const digit = digits.get(character);
      if (digit === undefined) return undefined;
      value = value * 85 + digit;
    }
    // 85^5 exceeds 2^32: some groups stand for no four bytes.
    if (value > 0xffff_ffff) return undefined;
    view.setUint32(4 * group, value);
  }
  return key;
}
