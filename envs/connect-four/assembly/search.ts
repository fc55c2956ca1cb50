// The score of a position: alpha-beta in null windows. A score is positive when who moves wins, and counts the stones
// that the winner has left, the winning one included; 0 is a draw.

import { BOARD, BOTTOM, canonicalKey, CELLS, positionKey, winningCells } from './board';
import { deepestInBook, findInBook, scoreOf } from './book';
import { followUpBound } from './control';
import { firstMove, forgetMoves, learn, MOVE_SIZE, moveAt, sortMoves, winsAfter, winsInTwo } from './moves';
import { outcomeOf, outcomeStones } from './outcomes';
import { boundFromPredecessors } from './predecessors';
import { findBounds, lowerBound, storeBounds, upperBound } from './table';

/** Positions with fewer stones share an entry with their mirror image; later ones rarely meet theirs. */
const MIRRORED_BELOW: i32 = 20;
/** With fewer stones it pays to look all moves up in the table before the first is searched. */
const LOOKAHEAD_BELOW: i32 = 34;

let nodes: u64 = 0;

export function searchedNodes(): u64 {
  return nodes;
}

/** Whether who moves wins with the next stone. */
export function winsAtOnce(own: u64, occupied: u64): bool {
  return (winningCells(own, occupied) & (occupied + BOTTOM) & BOARD) !== 0;
}

/** The exact score of a position that nobody has won yet: who wins first, then how soon. */
export function score(own: u64, occupied: u64): i32 {
  const stones = <i32>popcnt(occupied);
  if (winsAtOnce(own, occupied)) return (CELLS + 1 - stones) / 2;
  const entry = stones <= deepestInBook() ? findInBook(canonicalKey(own, occupied)) : 0;
  if (entry) return scoreOf(entry);
  forgetMoves();
  const threats = winningCells(own ^ occupied, occupied);
  let low = -((CELLS - stones) / 2);
  let high = (CELLS + 1 - stones) / 2;
  let bound = 1;
  while (low < high) {
    const found = search(own, occupied, stones, threats, bound);
    if (found >= bound) low = found;
    else high = found;
    bound = low >= 0 ? low + 1 : high;
  }
  return low;
}

/** Whether who moves wins (1), loses (-1) or neither does (0): a fraction of the work that the exact score takes. */
export function outcome(own: u64, occupied: u64): i32 {
  const stones = <i32>popcnt(occupied);
  const entry = stones <= deepestInBook() ? findInBook(canonicalKey(own, occupied)) : 0;
  if (entry) return sign(scoreOf(entry));
  forgetMoves();
  if (scoresAtLeast(own, occupied, 1)) return 1;
  return scoresAtLeast(own, occupied, 0) ? 0 : -1;
}

function sign(value: i32): i32 {
  return i32(value > 0) - i32(value < 0);
}

/** Whether the score is at least `bound`. */
export function scoresAtLeast(own: u64, occupied: u64, bound: i32): bool {
  const stones = <i32>popcnt(occupied);
  if (winsAtOnce(own, occupied)) return (CELLS + 1 - stones) / 2 >= bound;
  // An outcome as a score: who draws at least scores at least 0, who wins at least 1.
  const isBounded = stones === outcomeStones() + 1 && (bound === 0 || bound === 1);
  if (isBounded && boundFromPredecessors(own, occupied) >= bound) return true;
  return search(own, occupied, stones, winningCells(own ^ occupied, occupied), bound) >= bound;
}

/**
 * A bound on the score of a position where who moves can't win at once: if it is at least `beta` a lower one, otherwise
 * an upper one.
 *
 * @param threats - Empty cells that would make four for the opponent.
 */
function search(own: u64, occupied: u64, stones: i32, threats: u64, beta: i32): i32 {
  nodes++;
  const cells = safeCells(occupied, threats);
  if (cells === 0) return -((CELLS - stones) / 2);
  if (stones >= CELLS - 2) return 0;
  let lowest = -((CELLS - 2 - stones) / 2);
  let highest = (CELLS - 1 - stones) / 2;
  if (highest < beta) return highest;
  if (lowest >= beta) return lowest;

  const untilBook = outcomeStones() - stones;
  if (untilBook === 0 || untilBook === 1) {
    const known = untilBook === 0 ? outcomeOf(canonicalKey(own, occupied)) : outcomeOfBest(own, occupied, cells);
    if (known === 0) return 0;
    if (known > 0) lowest = max(lowest, 1);
    else highest = min(highest, -1);
    if (highest < beta) return highest;
    if (lowest >= beta) return lowest;
  }

  if ((cells & (cells - 1)) === 0 && stones > deepestInBook()) return searchOnly(own, occupied, stones, cells, beta);

  const key = tableKey(own, occupied, stones);
  const bounds = findBounds(key);
  if (bounds) {
    lowest = max(lowest, lowerBound(bounds));
    highest = min(highest, upperBound(bounds));
  } else if (stones <= deepestInBook()) {
    const entry = findInBook(key);
    if (entry) return scoreOf(entry);
  }
  if (lowest >= beta || lowest === highest) return lowest;
  if (highest < beta) return highest;

  const before = nodes;
  const best = searchMoves(own, occupied, stones, cells, beta);
  storeBounds(key, best >= beta ? best : lowest, best < beta ? best : highest, nodes - before);
  return best;
}

/** The outcome where the book knows what follows each of the moves, after none of which the opponent wins at once. */
function outcomeOfBest(own: u64, occupied: u64, cells: u64): i32 {
  const other = own ^ occupied;
  let best = -1;
  for (let left = cells; left && best < 1; left &= left - 1) {
    best = max(best, -outcomeOf(canonicalKey(other, occupied | (left & (0 - left)))));
  }
  return best;
}

/** `search` where there is but one move: what the table has to say of it, it says of the next position as well. */
function searchOnly(own: u64, occupied: u64, stones: i32, move: u64, beta: i32): i32 {
  const after = occupied | move;
  const wins = winningCells(own | move, after);
  if (winsInTwo(wins, after)) return (CELLS - 1 - stones) / 2;
  const bound = -followUpBound(own ^ occupied, after, stones + 1, wins, -beta);
  if (bound >= beta) return bound;
  return -search(own ^ occupied, after, stones + 1, wins, 1 - beta);
}

/** Cells that who moves can fill without letting the opponent win at once; 0 when there is none. */
function safeCells(occupied: u64, threats: u64): u64 {
  let playable = (occupied + BOTTOM) & BOARD;
  const forced = playable & threats;
  if (forced) {
    if (forced & (forced - 1)) return 0;
    playable = forced;
  }
  // Nor the cell below one where the opponent would win.
  return playable & ~(threats >> 1);
}

function searchMoves(own: u64, occupied: u64, stones: i32, cells: u64, beta: i32): i32 {
  const first = firstMove(stones);
  const end = sortMoves(own, occupied, stones, cells);
  if (end === 0) return (CELLS - 1 - stones) / 2;
  const known = knownCutoff(own, occupied, stones, first, end, beta);
  if (known >= beta) return known;
  let best = -CELLS;
  for (let at = first; at < end; at += MOVE_SIZE) {
    best = max(best, -search(own ^ occupied, occupied | moveAt(at), stones + 1, winsAfter(at), 1 - beta));
    if (best >= beta) {
      learn(stones, first, at);
      break;
    }
  }
  return best;
}

/** The least that a move brings of which it is clear without a search that it reaches beta; -CELLS if there is none. */
function knownCutoff(own: u64, occupied: u64, stones: i32, first: usize, end: usize, beta: i32): i32 {
  const other = own ^ occupied;
  for (let at = first; at < end; at += MOVE_SIZE) {
    const bound = followUpBound(other, occupied | moveAt(at), stones + 1, winsAfter(at), -beta);
    if (-bound >= beta) return -bound;
  }
  if (stones >= LOOKAHEAD_BELOW) return -CELLS;
  for (let at = first; at < end; at += MOVE_SIZE) {
    const bounds = findBounds(tableKey(other, occupied | moveAt(at), stones + 1));
    if (bounds && -upperBound(bounds) >= beta) return -upperBound(bounds);
  }
  return -CELLS;
}

function tableKey(own: u64, occupied: u64, stones: i32): u64 {
  return stones < MIRRORED_BELOW ? canonicalKey(own, occupied) : positionKey(own, occupied);
}
