// Bitboards: seven bits a column, the lowest its bottom row, the seventh always empty so that no line wraps around.

export const COLUMNS: i32 = 7;
export const ROWS: i32 = 6;
export const CELLS: i32 = 42;

/** The lowest cell of every column. */
export const BOTTOM: u64 = 0x408_1020_4081;
/** All 42 cells. */
export const BOARD: u64 = BOTTOM * 0x3F;
/** Rows 2, 4 and 6. */
export const EVEN_ROWS: u64 = BOTTOM * 0x2A;
/** Rows 1, 3 and 5. */
export const ODD_ROWS: u64 = BOTTOM * 0x15;

/** All cells of a column. */
export function columnCells(column: i32): u64 {
  return (<u64>0x3F) << (<u64>column * 7);
}

/** All cells of the column that a cell is in. */
export function columnOf(cell: u64): u64 {
  return columnCells(<i32>ctz(cell) / 7);
}

/** Whether the stones hold four in a row. */
export function hasFour(stones: u64): bool {
  let pair = stones & (stones >> 1);
  if (pair & (pair >> 2)) return true;
  pair = stones & (stones >> 7);
  if (pair & (pair >> 14)) return true;
  pair = stones & (stones >> 6);
  if (pair & (pair >> 12)) return true;
  pair = stones & (stones >> 8);
  return (pair & (pair >> 16)) !== 0;
}

/** Empty cells, reachable or not, that would make four in a row with the stones. */
export function winningCells(stones: u64, occupied: u64): u64 {
  // Upwards there is one way only: on top of three.
  let cells = (stones << 1) & (stones << 2) & (stones << 3);
  cells |= lineCells(stones, 7);
  cells |= lineCells(stones, 6);
  cells |= lineCells(stones, 8);
  return cells & (BOARD ^ occupied);
}

/** Cells that complete three of four along one direction: beyond a run of three, or in the gap of one. */
function lineCells(stones: u64, step: u64): u64 {
  const above = (stones << step) & (stones << (2 * step));
  const below = (stones >> step) & (stones >> (2 * step));
  return (
    (above & (stones << (3 * step))) |
    (above & (stones >> step)) |
    (below & (stones << step)) |
    (below & (stones >> (3 * step)))
  );
}

/** The board seen in a mirror: columns in reverse. */
export function mirror(stones: u64): u64 {
  const column: u64 = 0x7F;
  return (
    ((stones & column) << 42) |
    ((stones & (column << 7)) << 28) |
    ((stones & (column << 14)) << 14) |
    (stones & (column << 21)) |
    ((stones >> 14) & (column << 14)) |
    ((stones >> 28) & (column << 7)) |
    ((stones >> 42) & column)
  );
}

/** A number that names a position: the stones of who moves, on top of a 1 above every column. */
export function positionKey(own: u64, occupied: u64): u64 {
  return own + occupied + BOTTOM;
}

/** The key that a position shares with its mirror image: the smaller of the two. */
export function canonicalKey(own: u64, occupied: u64): u64 {
  return min(positionKey(own, occupied), positionKey(mirror(own), mirror(occupied)));
}
