// The transposition table: bounds on scores of positions, in buckets of two entries.
//
// An entry is `tag << 20 | work << 12 | lower << 6 | upper`. Keys of 49 bits are scrambled by a bijection of 49-bit
// numbers; the high bits are the bucket, the rest is the tag, so an entry never stands for another position.

import { CELLS } from './board';

const KEY_BITS: u64 = 49;
const KEY_MASK: u64 = (1 << KEY_BITS) - 1;
/** Odd, so multiplying by it modulo 2^49 can be undone. */
const SCRAMBLER: u64 = 0x9E37_79B9_7F4A_7C15;
/** Scores are stored as unsigned numbers. */
const SCORE_OFFSET: i32 = CELLS / 2 + 1;
const UNKNOWN: u32 = 0;

/** The tables: where they are, and how many buckets they have, as powers of two. */
let scoreTable: usize = 0;
let scoreBits: u64 = 0;
let outcomeTable: usize = 0;
let outcomeBits: u64 = 0;
/** The one in use. */
let table: usize = 0;
let bucketBits: u64 = 0;

/** Bytes of a table of `2^bits` buckets. */
export function tableBytes(bits: i32): usize {
  return (<usize>16) << (<usize>bits);
}

/**
 * Puts two empty tables one behind the other at an address: one for scores, and one for outcomes, whose searches are so
 * short that a table pays that fits the processor's cache.
 */
export function placeTables(address: usize, bitsForScores: i32, bitsForOutcomes: i32): void {
  scoreTable = address;
  scoreBits = bitsForScores;
  outcomeTable = address + tableBytes(bitsForScores);
  outcomeBits = bitsForOutcomes;
  useScoreTable();
}

export function useScoreTable(): void {
  table = scoreTable;
  bucketBits = scoreBits;
}

export function useOutcomeTable(): void {
  table = outcomeTable;
  bucketBits = outcomeBits;
}

export function clearTables(): void {
  memory.fill(scoreTable, 0, tableBytes(<i32>scoreBits) + tableBytes(<i32>outcomeBits));
}

function bucketOf(scrambled: u64): usize {
  return table + ((<usize>(scrambled >> (KEY_BITS - bucketBits))) << 4);
}

function tagOf(scrambled: u64): u64 {
  return scrambled & ((1 << (KEY_BITS - bucketBits)) - 1);
}

/** What is known of a position: `lower << 6 | upper`, offset by SCORE_OFFSET, or UNKNOWN. */
export function findBounds(key: u64): u32 {
  const scrambled = (key * SCRAMBLER) & KEY_MASK;
  const bucket = bucketOf(scrambled);
  const tag = tagOf(scrambled);
  const first = load<u64>(bucket);
  if (first >> 20 === tag) return <u32>first & 0xFFF;
  const second = load<u64>(bucket, 8);
  return second >> 20 === tag ? <u32>second & 0xFFF : UNKNOWN;
}

export function lowerBound(bounds: u32): i32 {
  return <i32>(bounds >> 6) - SCORE_OFFSET;
}

export function upperBound(bounds: u32): i32 {
  return <i32>(bounds & 63) - SCORE_OFFSET;
}

/**
 * Remembers bounds. The bucket's first entry is the one that took most work to find, the second the latest.
 *
 * @param nodes - Positions searched for these bounds.
 */
export function storeBounds(key: u64, lower: i32, upper: i32, nodes: u64): void {
  const scrambled = (key * SCRAMBLER) & KEY_MASK;
  const bucket = bucketOf(scrambled);
  const tag = tagOf(scrambled);
  const work = 64 - clz<u64>(nodes);
  const bounds = ((<u64>(lower + SCORE_OFFSET)) << 6) | (<u64>(upper + SCORE_OFFSET));
  const entry = (tag << 20) | (work << 12) | bounds;
  const first = load<u64>(bucket);
  if (first >> 20 === tag) {
    store<u64>(bucket, entry);
  } else if (work >= ((first >> 12) & 0xFF)) {
    store<u64>(bucket, first, 8);
    store<u64>(bucket, entry);
  } else {
    store<u64>(bucket, entry, 8);
  }
}
