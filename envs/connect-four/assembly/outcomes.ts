// The outcomes of all positions of so many stones, two bits each and none for the keys: a binary fuse filter used as a
// static function (Graf and Lemire 2022, "Binary Fuse Filters"; Dietzfelbinger and Pagh 2008). The exclusive or of three
// cells that a key's hash points at is its value. A key that the book was not made with gets some value too: it has to have
// every position of so many stones that a game can reach, but those that who moves wins at once.

/** What a cell's value means for who moves. */
const DRAW: u32 = 0;
const WIN: u32 = 1;
const LOSS: u32 = 2;

const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
const MIX_1: u64 = 0xBF58_476D_1CE4_E5B9;
const MIX_2: u64 = 0x94D0_49BB_1331_11EB;

let cells: usize = 0;
let stonesInBook: i32 = -1;
let seed: u64 = 0;
let segmentLength: u32 = 0;
let segments: u32 = 0;

/** Puts a book at an address; there are `segments + 2` segments of `2^segmentBits` cells, four in a byte. */
export function placeOutcomes(address: usize, stones: i32, hashSeed: u32, segmentBits: u32, segmentCount: u32): void {
  cells = address;
  stonesInBook = stones;
  seed = hashSeed;
  segmentLength = 1 << segmentBits;
  segments = segmentCount;
}

/** Stones of the book's positions; -1 without a book. */
export function outcomeStones(): i32 {
  return stonesInBook;
}

/** The outcome for who moves of a position in the book: 1, 0 or -1. */
export function outcomeOf(key: u64): i32 {
  const hash = hashOf(key);
  const value = cellAt(firstCell(hash)) ^ cellAt(secondCell(hash)) ^ cellAt(thirdCell(hash));
  return value === WIN ? 1 : value === LOSS ? -1 : DRAW;
}

/** The cells of a key, 0 to 2; for making a book. */
export function cellOf(key: u64, which: i32): u32 {
  const hash = hashOf(key);
  return which === 0 ? firstCell(hash) : which === 1 ? secondCell(hash) : thirdCell(hash);
}

function cellAt(index: u32): u32 {
  return (<u32>load<u8>(cells + (index >> 2)) >> ((index & 3) << 1)) & 3;
}

/** SplitMix64's mixing of a key (Steele, Lea and Flood 2014). */
function hashOf(key: u64): u64 {
  let hash = key + seed * SPREAD;
  hash = (hash ^ (hash >> 30)) * MIX_1;
  hash = (hash ^ (hash >> 27)) * MIX_2;
  return hash ^ (hash >> 31);
}

/** A cell of any segment but the last two. */
function firstCell(hash: u64): u32 {
  return <u32>(((hash >> 32) * (<u64>segments * segmentLength)) >> 32);
}

/** A cell of the segment behind the first's. */
function secondCell(hash: u64): u32 {
  return (firstCell(hash) + segmentLength) ^ (<u32>(hash >> 16) & (segmentLength - 1));
}

/** A cell of the segment behind that. */
function thirdCell(hash: u64): u32 {
  return (firstCell(hash) + 2 * segmentLength) ^ (<u32>hash & (segmentLength - 1));
}
