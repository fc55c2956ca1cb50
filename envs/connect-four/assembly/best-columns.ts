// The columns that keep the score of a position.

import { BOARD, BOTTOM, canonicalKey, CELLS, columnCells, COLUMNS, positionKey, winningCells } from './board';
import { columnsOf, deepestInBook, findInBook } from './book';
import { score, scoresAtLeast } from './search';

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
  const best = score(own, occupied);
  let columns: u32 = 0;
  for (let column = 0; column < COLUMNS; column++) {
    const move = playable & columnCells(column);
    if (move === 0) continue;
    // A move can't do better than the position, so it is best unless the opponent does better after it.
    if (!scoresAtLeast(own ^ occupied, occupied | move, 1 - best)) columns |= 1 << column;
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
