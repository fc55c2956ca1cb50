// The opening book: exact scores and best columns of positions, by canonical key, in an open-addressed table. An entry is
// `key << 13 | (score + SCORE_OFFSET) << 7 | columns`, where bit i of the columns is column i of the position whose key
// is the canonical one.

const SCORE_OFFSET: i32 = 22;
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

let slots: usize = 0;
let slotBits: u64 = 0;
let deepest: i32 = -1;

/** Puts an empty book of `2^bits` slots, 8 bytes each, at an address. */
export function placeBook(address: usize, bits: i32): void {
  slots = address;
  slotBits = bits;
  deepest = -1;
  memory.fill(slots, 0, (<usize>8) << (<usize>slotBits));
}

/** Stones of the positions furthest into the game; -1 in an empty book. */
export function deepestInBook(): i32 {
  return deepest;
}

/** The address of a key's entry, or of the free slot where it belongs. */
function slotOf(key: u64): usize {
  const mask: usize = ((<usize>1) << (<usize>slotBits)) - 1;
  let slot = <usize>((key * SPREAD) >> (64 - slotBits));
  let entry = load<u64>(slots + (slot << 3));
  while (entry !== 0 && entry >> 13 !== key) {
    slot = (slot + 1) & mask;
    entry = load<u64>(slots + (slot << 3));
  }
  return slots + (slot << 3);
}

/** The entry of a canonical key, or 0. */
export function findInBook(key: u64): u64 {
  return load<u64>(slotOf(key));
}

export function scoreOf(entry: u64): i32 {
  return <i32>((entry >> 7) & 63) - SCORE_OFFSET;
}

export function columnsOf(entry: u64): u32 {
  return <u32>entry & 127;
}

/** The caller keeps at least one slot free. */
export function addEntry(key: u64, stones: i32, score: i32, columns: u32): void {
  store<u64>(slotOf(key), (key << 13) | ((<u64>(score + SCORE_OFFSET)) << 7) | columns);
  deepest = max(deepest, stones);
}
