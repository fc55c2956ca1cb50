// What a book of outcomes tells of positions with one stone more than its own: who moves does no worse than the position
// before is worth to the opponent, whichever stone came last.

import { BOARD, BOTTOM, canonicalKey, winningCells } from './board';
import { outcomeOf } from './outcomes';

/** Positions looked at to find out whether play comes to one; hardly ever are so many needed. */
const MOST_LOOKS: i32 = 4096;

let looks: i32 = 0;

/** The least that who moves can be sure of, -1 if the book doesn't tell. */
export function boundFromPredecessors(own: u64, occupied: u64): i32 {
  const other = own ^ occupied;
  let bound = -1;
  for (let last = tops(occupied) & other; last && bound < 1; last &= last - 1) {
    const stone = last & (0 - last);
    const before = other ^ stone;
    const occupiedBefore = occupied ^ stone;
    // The book has neither positions that who moves wins at once nor those that no play comes to.
    if (winningCells(before, occupiedBefore) & (occupiedBefore + BOTTOM) & BOARD) continue;
    looks = 0;
    if (isReachable(own, before)) bound = max(bound, -outcomeOf(canonicalKey(before, occupiedBefore)));
  }
  return bound;
}

/** Whether the stones can have been dropped in turn, the last one of them by `mover`; false if that takes long to tell. */
function isReachable(mover: u64, other: u64): bool {
  if ((mover | other) === 0) return true;
  if (++looks > MOST_LOOKS) return false;
  for (let last = tops(mover | other) & mover; last; last &= last - 1) {
    if (isReachable(other, mover ^ (last & (0 - last)))) return true;
  }
  return false;
}

/** The highest stone of every column. */
function tops(occupied: u64): u64 {
  return occupied & ~(occupied >> 1);
}
