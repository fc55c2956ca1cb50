// What the solver offers to the host. A bitboard comes as two numbers: columns 0 to 3 in 28 bits, 4 to 6 in 21.

import { bestColumns, outcomeColumns } from './best-columns';
import { canonicalKey, positionKey } from './board';
import { addEntry, placeBook } from './book';
import { cellOf, placeOutcomes } from './outcomes';
import { outcome, score, searchedNodes } from './search';
import { clearTables, placeTables, tableBytes, useOutcomeTable, useScoreTable } from './table';

export { clearTables };

function bitboard(low: u32, high: u32): u64 {
  return ((<u64>high) << 28) | low;
}

/**
 * Takes memory for transposition tables of `2^scoreBits` and `2^outcomeBits` buckets of 16 bytes, a book of `2^bookBits`
 * slots of 8, and the cells of a book of outcomes.
 *
 * @returns The address of these cells.
 */
export function configure(scoreBits: i32, outcomeBits: i32, bookBits: i32, outcomeBytes: u32): usize {
  const tables = (__heap_base + 15) & ~15;
  const book = tables + tableBytes(scoreBits) + tableBytes(outcomeBits);
  const outcomes = book + ((<usize>8) << (<usize>bookBits));
  const end = outcomes + outcomeBytes;
  const pages = <i32>((end + 0xFFFF) >> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) unreachable();
  placeTables(tables, scoreBits, outcomeBits);
  placeBook(book, bookBits);
  return outcomes;
}

/** Uses the cells at an address, see outcomes.ts. */
export function useOutcomes(address: usize, stones: i32, seed: u32, segmentBits: u32, segments: u32): void {
  placeOutcomes(address, stones, seed, segmentBits, segments);
}

/** A cell of a key in the book of outcomes, 0 to 2. */
export function outcomeCell(key: f64, which: i32): u32 {
  return cellOf(<u64>key, which);
}

/** The score of a position that nobody has won. */
export function solve(ownLow: u32, ownHigh: u32, occupiedLow: u32, occupiedHigh: u32): i32 {
  useScoreTable();
  return score(bitboard(ownLow, ownHigh), bitboard(occupiedLow, occupiedHigh));
}

/** The columns that keep it, bit i for column i. */
export function solveColumns(ownLow: u32, ownHigh: u32, occupiedLow: u32, occupiedHigh: u32): u32 {
  useScoreTable();
  return bestColumns(bitboard(ownLow, ownHigh), bitboard(occupiedLow, occupiedHigh));
}

/** 1 when who moves wins, -1 when it loses, 0 when neither does. */
export function solveOutcome(ownLow: u32, ownHigh: u32, occupiedLow: u32, occupiedHigh: u32): i32 {
  useOutcomeTable();
  return outcome(bitboard(ownLow, ownHigh), bitboard(occupiedLow, occupiedHigh));
}

/** The columns that keep the outcome, bit i for column i. */
export function solveOutcomeColumns(ownLow: u32, ownHigh: u32, occupiedLow: u32, occupiedHigh: u32): u32 {
  useOutcomeTable();
  return outcomeColumns(bitboard(ownLow, ownHigh), bitboard(occupiedLow, occupiedHigh));
}

/** The position's name in the book: below 2^49, so exact as a number. */
export function bookKey(ownLow: u32, ownHigh: u32, occupiedLow: u32, occupiedHigh: u32): f64 {
  return <f64>canonicalKey(bitboard(ownLow, ownHigh), bitboard(occupiedLow, occupiedHigh));
}

/** Whether the book's columns for this position belong to its mirror image. */
export function isMirrored(ownLow: u32, ownHigh: u32, occupiedLow: u32, occupiedHigh: u32): bool {
  const own = bitboard(ownLow, ownHigh);
  const occupied = bitboard(occupiedLow, occupiedHigh);
  return canonicalKey(own, occupied) !== positionKey(own, occupied);
}

export function addToBook(key: f64, stones: i32, entryScore: i32, columns: u32): void {
  addEntry(<u64>key, stones, entryScore, columns);
}

/** Positions searched since the start. */
export function nodeCount(): f64 {
  return <f64>searchedNodes();
}
