// Zugzwang: what a player reaches by following up, that is by answering every stone of the opponent with the stone on top
// of it. (The rules Claimeven and Baseinverse of Allis, "A Knowledge-Based Approach of Connect-Four", 1988, for the whole
// board at once, with the stone count at which the last safe cell is gone.)

import { BOARD, BOTTOM, CELLS, columnOf, EVEN_ROWS, hasFour, ODD_ROWS } from './board';

/** More than any score. */
export const NO_BOUND: i32 = CELLS;

/**
 * An upper bound for who moves if the opponent can hold it to that by following up. One above `need` may be missed;
 * NO_BOUND if there is none. Who moves can't win at once.
 *
 * @param threats - Empty cells that would make four for the opponent.
 */
export function followUpBound(own: u64, occupied: u64, stones: i32, threats: u64, need: i32): i32 {
  return stones & 1
    ? boundAgainstFirst(own, occupied, threats, need)
    : boundAgainstSecond(own, occupied, threats, need);
}

/**
 * The second player follows up and so gets the even rows. Where a column holds an odd number of stones, its next cell is
 * in an even row and has no partner above: two such cells are each other's partners, and each player gets one.
 */
function boundAgainstSecond(own: u64, occupied: u64, threats: u64, need: i32): i32 {
  const empty = BOARD ^ occupied;
  const unpaired = (occupied + BOTTOM) & BOARD & EVEN_ROWS;
  // The first player must not fill the cell below one of these; when nothing else is left it has to.
  const wins = threats & EVEN_ROWS & ~unpaired;
  const bound = wins ? boundWhenOnlyBelow(wins) : 0;
  if (bound > need && (wins || need < -1)) return NO_BOUND;
  if (canMakeFour(own | (empty & ODD_ROWS & ~upwards(wins)), unpaired)) return NO_BOUND;
  if (wins) return bound;
  return hasFour((own ^ occupied) | (empty & EVEN_ROWS & ~unpaired)) ? -1 : 0;
}

/**
 * The first player can follow up only if some column ends below an odd cell where the first player wins: the number of
 * cells to be shared is odd otherwise. In that column it gets the odd rows, in the others the even ones.
 */
function boundAgainstFirst(own: u64, occupied: u64, threats: u64, need: i32): i32 {
  const empty = BOARD ^ occupied;
  const playable = (occupied + BOTTOM) & BOARD;
  const unpaired = playable & EVEN_ROWS;
  if (need >= 0 && canBarColumn(own, empty, unpaired)) return 0;
  for (let targets = threats & ODD_ROWS & ~playable; targets; ) {
    const column = columnOf(targets);
    const target = targets & column;
    targets ^= target;
    // With an even number of stones the column has one more unpaired cell, with an odd number one less.
    const others = unpaired ^ (playable & column);
    const wins = target | (threats & EVEN_ROWS & ~column & ~others);
    const bound = boundWhenOnlyBelow(wins);
    if (bound > need) continue;
    const reach = ((empty & ODD_ROWS & ~column) | (empty & EVEN_ROWS & column)) & ~upwards(wins);
    if (!canMakeFour(own | reach, others)) return bound;
  }
  return NO_BOUND;
}

/**
 * Whether the first player, having moved, can keep the second from four with the odd cells of one column whose next cell is
 * even, by answering every stone there with the one on top of it. It never has to play there of its own accord: at its turn
 * an even number of cells is empty, an odd number of them in that column, so another column has room.
 */
function canBarColumn(own: u64, empty: u64, unpaired: u64): bool {
  while (unpaired) {
    const cell = unpaired & (0 - unpaired);
    const barred = ((cell << 1) | (cell << 3) | (cell << 5)) & ODD_ROWS;
    if (!hasFour(own | (empty & ~barred))) return true;
    unpaired ^= cell;
  }
  return false;
}

/** The score of who must fill the cell below one of these winning cells once all others are full. */
function boundWhenOnlyBelow(wins: u64): i32 {
  return -(<i32>popcnt(upwards(wins >> 1)) >> 1);
}

/** The cells and those above them. */
// @ts-ignore: decorator
@inline
function upwards(cells: u64): u64 {
  cells |= (cells << 1) & (BOTTOM * 0x3E);
  cells |= (cells << 2) & (BOTTOM * 0x3C);
  return cells | ((cells << 4) & (BOTTOM * 0x30));
}

/** Whether the stones make four together with shared cells, whichever way the opponent pairs these to take one of each. */
function canMakeFour(stones: u64, shared: u64): bool {
  if (!hasFour(stones | shared)) return false;
  if (shared === 0) return true;
  const a = stones | (shared & (0 - shared));
  if (hasFour(a)) return true;
  shared &= shared - 1;
  const b = shared & (0 - shared);
  shared &= shared - 1;
  if (shared === 0) return hasFour(stones | b);
  const c = shared & (0 - shared);
  const d = shared ^ c;
  // Of six cells there are fifteen pairings; hardly ever is one of them of use.
  if (d & (d - 1)) return true;
  const ab = hasFour(a | b);
  const ac = hasFour(a | c);
  const ad = hasFour(a | d);
  const bc = hasFour(stones | b | c);
  const bd = hasFour(stones | b | d);
  const cd = hasFour(stones | c | d);
  return (ac || ad || bc || bd) && (ab || ad || bc || cd) && (ab || ac || bd || cd);
}
