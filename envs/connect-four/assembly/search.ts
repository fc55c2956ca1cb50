// The score of a position: alpha-beta in null windows. A score is positive when who moves wins, and counts the stones
// that the winner has left, the winning one included; 0 is a draw.

import { BOARD, BOTTOM, canonicalKey, CELLS, columnCells, EVEN_ROWS, hasFour, ODD_ROWS, positionKey, winningCells } from './board';
import { findBounds, lowerBound, storeBounds, upperBound } from './table';
import { deepestInBook, findInBook, scoreOf } from './book';

/** Moves waiting to be searched, `[stones][7]`: each the cell it fills, and behind it its rank in the next 8 bytes. */
const PENDING: usize = memory.data(42 * 7 * 16);
/** Positions with fewer stones share an entry with their mirror image; later ones rarely meet theirs. */
const MIRRORED_BELOW: i32 = 20;

/** With fewer stones it pays to look all moves up in the table before the first is searched. */
const LOOKAHEAD_BELOW: i32 = 30;

let nodes: u64 = 0;

export function searchedNodes(): u64 {
  return nodes;
}

/** Cells that who moves can fill without letting the opponent win at once; 0 when there is none. */
export function safeCells(own: u64, occupied: u64): u64 {
  let playable = (occupied + BOTTOM) & BOARD;
  const threats = winningCells(own ^ occupied, occupied);
  const forced = playable & threats;
  if (forced) {
    if (forced & (forced - 1)) return 0;
    playable = forced;
  }
  // Nor the cell below one where the opponent would win.
  return playable & ~(threats >> 1);
}

/** Whether who moves wins with the next stone. */
export function winsAtOnce(own: u64, occupied: u64): bool {
  return (winningCells(own, occupied) & (occupied + BOTTOM) & BOARD) !== 0;
}

/** The exact score of a position that nobody has won yet, by halving what is possible around 0. */
export function score(own: u64, occupied: u64): i32 {
  const stones = <i32>popcnt(occupied);
  if (winsAtOnce(own, occupied)) return (CELLS + 1 - stones) / 2;
  const entry = stones <= deepestInBook() ? findInBook(canonicalKey(own, occupied)) : 0;
  if (entry) return scoreOf(entry);
  let low = -(CELLS - stones) / 2;
  let high = (CELLS + 1 - stones) / 2;
  while (low < high) {
    let middle = low + (high - low) / 2;
    if (middle <= 0 && low / 2 < middle) middle = low / 2;
    else if (middle >= 0 && high / 2 > middle) middle = high / 2;
    const found = search(own, occupied, stones, middle, middle + 1);
    if (found <= middle) high = found;
    else low = found;
  }
  return low;
}

/** Whether the score is at least `bound`. */
export function scoresAtLeast(own: u64, occupied: u64, bound: i32): bool {
  const stones = <i32>popcnt(occupied);
  if (winsAtOnce(own, occupied)) return (CELLS + 1 - stones) / 2 >= bound;
  return search(own, occupied, stones, bound - 1, bound) >= bound;
}

/**
 * A bound on the score of a position where who moves can't win at once: at most `alpha` an upper one, at least `beta` a
 * lower one, between them the score itself.
 */
function search(own: u64, occupied: u64, stones: i32, alpha: i32, beta: i32): i32 {
  nodes++;
  const cells = safeCells(own, occupied);
  if (cells === 0) return -((CELLS - stones) / 2);
  if (stones >= CELLS - 2) return 0;
  let lowest = -((CELLS - 2 - stones) / 2);
  let highest = (CELLS - 1 - stones) / 2;
  if ((stones & 1) === 0) highest = min(highest, followUpBound(own, occupied, highest));
  if (highest <= alpha) return highest;
  if (lowest >= beta) return lowest;

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
  if (highest <= alpha) return highest;
  if (alpha < lowest) alpha = lowest;
  if (beta > highest) beta = highest;

  const before = nodes;
  const best = searchMoves(own, occupied, stones, cells, alpha, beta);
  storeBounds(key, best > alpha ? best : lowest, best < beta ? best : highest, nodes - before);
  return best;
}

function searchMoves(own: u64, occupied: u64, stones: i32, cells: u64, alpha: i32, beta: i32): i32 {
  const pending = PENDING + <usize>stones * 112;
  const count = sortMoves(own, occupied, cells, pending);
  const known = knownCutoff(own, occupied, stones, pending, count, beta);
  if (known >= beta) return known;
  let best = -CELLS;
  for (let i = 0; i < count; i++) {
    const move = load<u64>(pending + (<usize>i << 4));
    const reply = -search(own ^ occupied, occupied | move, stones + 1, -beta, -alpha);
    if (reply > best) {
      best = reply;
      if (best >= beta) return best;
      if (best > alpha) alpha = best;
    }
  }
  return best;
}

/** The score of a move that the table already knows to reach beta, or -CELLS. */
function knownCutoff(own: u64, occupied: u64, stones: i32, pending: usize, count: i32, beta: i32): i32 {
  if (stones >= LOOKAHEAD_BELOW) return -CELLS;
  for (let i = 0; i < count; i++) {
    const move = load<u64>(pending + (<usize>i << 4));
    const bounds = findBounds(tableKey(own ^ occupied, occupied | move, stones + 1));
    if (bounds && -upperBound(bounds) >= beta) return -upperBound(bounds);
  }
  return -CELLS;
}

/** Writes the moves, those that make most threats first, then those nearest the centre. @returns how many. */
function sortMoves(own: u64, occupied: u64, cells: u64, pending: usize): i32 {
  let count = 0;
  for (let rank = 0; rank < 7; rank++) {
    // Columns from the centre outwards: 3, 2, 4, 1, 5, 0, 6.
    const column = rank & 1 ? 3 - ((rank + 1) >> 1) : 3 + (rank >> 1);
    const move = cells & columnCells(column);
    if (move === 0) continue;
    const threats = popcnt(winningCells(own | move, occupied | move));
    let at = pending + (<usize>count << 4);
    while (at > pending && load<u64>(at - 16, 8) < threats) {
      store<u64>(at, load<u64>(at - 16));
      store<u64>(at, load<u64>(at - 16, 8), 8);
      at -= 16;
    }
    store<u64>(at, move);
    store<u64>(at, threats, 8);
    count++;
  }
  return count;
}

/**
 * What the first player can still reach when all columns hold an even number of stones: the second can answer every
 * stone on top of it and so fill all even rows. If the odd rows don't suffice for a four, the first can't win, and loses
 * if the even rows make one for the second.
 */
function followUpBound(own: u64, occupied: u64, highest: i32): i32 {
  const playable = (occupied + BOTTOM) & BOARD;
  if (playable & EVEN_ROWS) return highest;
  const empty = BOARD ^ occupied;
  if (hasFour(own | (empty & ODD_ROWS))) return highest;
  return hasFour((own ^ occupied) | (empty & EVEN_ROWS)) ? -1 : 0;
}

function tableKey(own: u64, occupied: u64, stones: i32): u64 {
  return stones < MIRRORED_BELOW ? canonicalKey(own, occupied) : positionKey(own, occupied);
}
