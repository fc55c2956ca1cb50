/** Cells a key for many keys; fewer keys need more. */
const SIZE_FACTOR = 1.125;

/** The shape of a static function: segments of `2^segmentBits` cells, of which a key uses one in each of three neighbours. */
export interface StaticFunctionShape {
  readonly segmentBits: number;
  /** Segments that a key's first cell may be in; there are two more. */
  readonly segments: number;
}

/** The shape for so many keys (Graf and Lemire 2022, "Binary Fuse Filters", section 4). */
export function shapeFor(count: number): StaticFunctionShape {
  const keys = Math.max(count, 2);
  const segmentBits = Math.min(16, Math.max(2, Math.floor(Math.log(keys) / Math.log(3.33) + 2.25)));
  const factor = Math.max(SIZE_FACTOR, 0.875 + (0.25 * Math.log(1e6)) / Math.log(keys));
  const segments = Math.max(1, Math.ceil((keys * factor) / 2 ** segmentBits) - 2);
  return { segmentBits, segments };
}

/** Cells in all. */
export function cellCount({ segmentBits, segments }: StaticFunctionShape): number {
  return (segments + 2) * 2 ** segmentBits;
}

/**
 * Finds cells of which the exclusive or of a key's three is the key's value: takes away key after key that is alone in a
 * cell, then fills these cells in reverse.
 *
 * @param cellsOf - The three cells of every key, `[keys, 3]`.
 * @param values - 0 to 3 of every key.
 * @returns Four cells a byte, the first in the lowest bits; null when some keys are never alone, and another hash has to
 *   be tried.
 */
export function solveCells(cellsOf: Uint32Array, values: Uint8Array, cells: number): Uint8Array | null {
  const order = peel(cellsOf, values.length, cells);
  if (order === null) return null;
  const packed = new Uint8Array(Math.ceil(cells / 4));
  const at = (cell: number) => (packed[cell >> 2] >> ((cell & 3) << 1)) & 3;
  for (let i = order.length - 2; i >= 0; i -= 2) {
    const [key, cell] = [order[i], order[i + 1]];
    // The cell itself is still 0.
    const value = values[key] ^ at(cellsOf[3 * key]) ^ at(cellsOf[3 * key + 1]) ^ at(cellsOf[3 * key + 2]);
    packed[cell >> 2] |= value << ((cell & 3) << 1);
  }
  return packed;
}

/** Keys in the order in which they can be taken away, each with the cell where it was alone. */
function peel(cellsOf: Uint32Array, keys: number, cells: number): Uint32Array | null {
  const count = new Uint8Array(cells);
  // The exclusive or of the keys in a cell is the key itself when it is alone.
  const keysIn = new Uint32Array(cells);
  for (let i = 0; i < 3 * keys; i++) {
    const cell = cellsOf[i];
    if (++count[cell] === 255) return null;
    keysIn[cell] ^= Math.floor(i / 3);
  }
  const waiting: number[] = [];
  for (let cell = 0; cell < cells; cell++) if (count[cell] === 1) waiting.push(cell);
  const order = new Uint32Array(2 * keys);
  let taken = 0;
  while (waiting.length > 0) {
    const alone = waiting.pop() as number;
    if (count[alone] !== 1) continue;
    const key = keysIn[alone];
    order[2 * taken] = key;
    order[2 * taken + 1] = alone;
    taken++;
    for (let k = 0; k < 3; k++) {
      const cell = cellsOf[3 * key + k];
      keysIn[cell] ^= key;
      if (--count[cell] === 1) waiting.push(cell);
    }
  }
  return taken === keys ? order : null;
}
