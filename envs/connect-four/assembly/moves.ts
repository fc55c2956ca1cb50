// The moves of a position, best first.

import { BOARD, BOTTOM } from './board';

/** Moves waiting to be searched, `[stones][7]` in records of MOVE_SIZE bytes: the cell, winning cells after it, rank. */
const PENDING: usize = memory.data(42 * 7 * 24);
export const MOVE_SIZE: usize = 24;
/** Rank of every cell among equals: the nearer the centre, the higher. */
const CENTRALITY: usize = memory.data<u8>([
  1, 1, 1, 1, 1, 1, 0, 3, 3, 3, 3, 3, 3, 0, 5, 5, 5, 5, 5, 5, 0, 7, 7, 7, 7, 7, 7, 0,
  4, 4, 4, 4, 4, 4, 0, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** With fewer stones the lines that are open tell more of a move than they cost to find. */
const LINES_BELOW: i32 = 28;
/** `[2][49]` numbers, for each player and cell: how often the move there decided and others before it in the list didn't. */
const HISTORY: usize = memory.data(2 * 49 * 4);

export function moveAt(address: usize): u64 {
  return load<u64>(address);
}

/** Empty cells that would make four for who made the move. */
export function winsAfter(address: usize): u64 {
  return load<u64>(address, 8);
}

export function firstMove(stones: i32): usize {
  return PENDING + <usize>stones * 7 * MOVE_SIZE;
}

/**
 * Writes the moves, best first: those that make most threats come first. A threat above a cell that can be played counts
 * more, since it bars that cell. So do moves that leave few replies, that build lines and close the opponent's, and those
 * into cells that decided other positions of this search.
 *
 * @returns The address behind the last move; 0 when some move wins with the next but one stone.
 */
export function sortMoves(own: u64, occupied: u64, stones: i32, cells: u64): usize {
  const first = firstMove(stones);
  let end = first;
  while (cells) {
    const a = cells & (0 - cells);
    cells ^= a;
    const b = cells & (0 - cells);
    cells ^= b;
    const both = winningCellsOfTwo(v128.or(i64x2.splat(own), i64x2.replace_lane(i64x2.splat(a), 1, b)));
    const empty = BOARD ^ occupied;
    if (!insert(own, occupied, stones, a, i64x2.extract_lane(both, 0) & (empty ^ a), first, end)) return 0;
    end += MOVE_SIZE;
    if (b === 0) break;
    if (!insert(own, occupied, stones, b, i64x2.extract_lane(both, 1) & (empty ^ b), first, end)) return 0;
    end += MOVE_SIZE;
  }
  return end;
}

/** Whether these winning cells are too many to be answered: two that can be filled, or one on top of such a one. */
// @ts-ignore: decorator
@inline
export function winsInTwo(wins: u64, occupied: u64): bool {
  const atOnce = wins & (occupied + BOTTOM);
  return ((atOnce & (atOnce - 1)) | ((atOnce << 1) & wins)) !== 0;
}

/** Writes a move where it belongs; false when it wins with the next but one stone whatever the opponent does. */
// @ts-ignore: decorator
@inline
function insert(own: u64, occupied: u64, stones: i32, move: u64, wins: u64, first: usize, end: usize): bool {
  if (winsInTwo(wins, occupied | move)) return false;
  const replies = ((occupied | move) + BOTTOM) & BOARD & ~(wins >> 1);
  const barring = wins & ((occupied + BOTTOM) << 1);
  let rank = <i32>(16 * popcnt(wins) + 8 * popcnt(barring) - 8 * popcnt(replies));
  if (stones < LINES_BELOW) {
    rank += <i32>(4 * pairs(own | move, BOARD ^ occupied) - openLines(BOARD ^ (own | move)));
  }
  rank += <i32>load<u8>(CENTRALITY + <usize>ctz(move)) + (historyOf(stones, move) >> 5);
  let at = end;
  while (at > first && load<i64>(at - MOVE_SIZE, 16) < rank) {
    store<u64>(at, load<u64>(at - MOVE_SIZE));
    store<u64>(at, load<u64>(at - MOVE_SIZE, 8), 8);
    store<u64>(at, load<u64>(at - MOVE_SIZE, 16), 16);
    at -= MOVE_SIZE;
  }
  store<u64>(at, move);
  store<u64>(at, wins, 8);
  store<i64>(at, rank, 16);
  return true;
}

// @ts-ignore: decorator
@inline
function historyAt(stones: i32, move: u64): usize {
  return HISTORY + (<usize>(49 * (stones & 1)) + <usize>ctz(move)) * 4;
}

// @ts-ignore: decorator
@inline
function historyOf(stones: i32, move: u64): i32 {
  return load<i32>(historyAt(stones, move));
}

/** Remembers that of the moves in the list the one at `decisive` was good enough and those before it weren't. */
export function learn(stones: i32, first: usize, decisive: usize): void {
  for (let at = first; at < decisive; at += MOVE_SIZE) {
    const before = historyAt(stones, moveAt(at));
    store<i32>(before, load<i32>(before) - 1);
    const good = historyAt(stones, moveAt(decisive));
    store<i32>(good, load<i32>(good) + 1);
  }
}

/** Forgets which moves were good: they are others in another position. */
export function forgetMoves(): void {
  memory.fill(HISTORY, 0, 2 * 49 * 4);
}

/** Lines of four within the cells. */
function openLines(cells: u64): u64 {
  return linesAlong(cells, 1) + linesAlong(cells, 7) + linesAlong(cells, 6) + linesAlong(cells, 8);
}

// @ts-ignore: decorator
@inline
function linesAlong(cells: u64, step: u64): u64 {
  const twos = cells & (cells >> step);
  return popcnt(twos & (twos >> (2 * step)));
}

/** Lines of four that hold at least two of the stones and none of the opponent's. */
function pairs(stones: u64, empty: u64): u64 {
  return pairsAlong(stones, empty, 1) + pairsAlong(stones, empty, 7) + pairsAlong(stones, empty, 6) + pairsAlong(stones, empty, 8);
}

// @ts-ignore: decorator
@inline
function pairsAlong(stones: u64, empty: u64, step: u64): u64 {
  const open = stones | empty;
  const lines = open & (open >> step) & (open >> (2 * step)) & (open >> (3 * step));
  const second = stones >> step;
  const third = stones >> (2 * step);
  const fourth = stones >> (3 * step);
  return popcnt(lines & ((stones & second) | (third & fourth) | ((stones | second) & (third | fourth))));
}

/** `winningCells` of two sets of stones at once, occupied cells among them. */
function winningCellsOfTwo(stones: v128): v128 {
  let cells = v128.and(v128.and(i64x2.shl(stones, 1), i64x2.shl(stones, 2)), i64x2.shl(stones, 3));
  cells = v128.or(cells, lineCellsOfTwo(stones, 7));
  cells = v128.or(cells, lineCellsOfTwo(stones, 6));
  return v128.or(cells, lineCellsOfTwo(stones, 8));
}

// @ts-ignore: decorator
@inline
function lineCellsOfTwo(stones: v128, step: i32): v128 {
  const up = i64x2.shl(stones, step);
  const down = i64x2.shr_u(stones, step);
  const above = v128.and(up, i64x2.shl(stones, 2 * step));
  const below = v128.and(down, i64x2.shr_u(stones, 2 * step));
  return v128.or(
    v128.and(above, v128.or(i64x2.shl(stones, 3 * step), down)),
    v128.and(below, v128.or(up, i64x2.shr_u(stones, 3 * step))),
  );
}
