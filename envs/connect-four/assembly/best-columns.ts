// The columns that keep the score of a position, or its outcome.

import { BOARD, BOTTOM, canonicalKey, columnCells, COLUMNS, positionKey, winningCells } from './board';
import { columnsOf, deepestInBook, findInBook } from './book';
import { outcome, score, scoresAtLeast } from './search';

/** Bit i is set where a stone in column i keeps the score. The game must not be over. */
export function bestColumns(own: u64, occupied: u64): u32 {
  const playable = (occupied + BOTTOM) & BOARD;
  const wins = winningCells(own, occupied) & playable;
  if (wins) return columnsWith(wins);
  if (<i32>popcnt(occupied) <= deepestInBook()) {
    const key = canonicalKey(own, occupied);
    const entry = findInBook(key);
    if (entry) return key === positionKey(own, occupied) ? columnsOf(entry) : reversed(columnsOf(entry));
  }
  return columnsWorth(score(own, occupied), own, occupied, playable);
}

/** Bit i is set where a stone in column i keeps the outcome; where who moves loses, that is every column with room. */
export function outcomeColumns(own: u64, occupied: u64): u32 {
  const playable = (occupied + BOTTOM) & BOARD;
  const expected = outcome(own, occupied);
  if (expected < 0) return columnsWith(playable);
  const wins = winningCells(own, occupied) & playable;
  return columnsWith(wins) | columnsWorth(expected, own, occupied, playable ^ wins);
}

/** The columns of those of the moves that are worth `value`, an upper bound for all of them. */
function columnsWorth(value: i32, own: u64, occupied: u64, moves: u64): u32 {
  let columns: u32 = 0;
  for (let column = 0; column < COLUMNS; column++) {
    const move = moves & columnCells(column);
    if (move === 0) continue;
    if (!scoresAtLeast(own ^ occupied, occupied | move, 1 - value)) columns |= 1 << column;
  }
  return columns;
}

function columnsWith(cells: u64): u32 {
  let columns: u32 = 0;
  for (let column = 0; column < COLUMNS; column++) if (cells & columnCells(column)) columns |= 1 << column;
  return columns;
}

function reversed(columns: u32): u32 {
  let mirrored: u32 = 0;
  for (let column = 0; column < COLUMNS; column++) mirrored |= ((columns >> column) & 1) << (COLUMNS - 1 - column);
  return mirrored;
}
