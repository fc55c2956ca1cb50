import { InputError } from '@understudy/errors';

/** Columns of the board. */
export const columnCount = 7;
/** Rows of the board. */
export const rowCount = 6;
/** Cells of the board. */
export const cellCount = columnCount * rowCount;

/** Who plays: 0 begins. */
export type Player = 0 | 1;

/** Bits of the columns 0 to 3; the columns 4 to 6 are in a second number. */
const lowBits = 28;
const lowMask = 2 ** lowBits - 1;
const lowColumns = 4;
const bitsPerColumn = 7;

/**
 * A game of Connect Four in bitboards.
 *
 * Each player's stones are two numbers, because JavaScript's bit operations see 32 bits: seven bits a column from the
 * bottom up, the seventh always empty so that no line wraps into the next column; columns 0 to 3 in one, 4 to 6 in the
 * other. Columns count from 0 at the left, rows from 0 at the bottom.
 */
export class Board {
  /** Columns played so far, `[stones]`. */
  readonly #moves = new Int8Array(cellCount);
  readonly #heights = new Int8Array(columnCount);
  #stones = 0;
  #low0 = 0;
  #high0 = 0;
  #low1 = 0;
  #high1 = 0;
  #winner: Player | null = null;

  /**
   * The board after some moves.
   *
   * @param moves - Columns 0 to 6, or the usual notation of digits 1 to 7, `'4453'`.
   * @throws InputError when a move isn't possible.
   */
  static after(moves: string | readonly number[]): Board {
    const board = new Board();
    const columns = typeof moves === 'string' ? [...moves].map((digit) => Number(digit) - 1) : moves;
    for (const [i, column] of columns.entries()) {
      if (board.isOver || !board.canPlay(column)) {
        const why = board.isOver ? 'the game is over before it' : 'its column is full or not on the board';
        throw new InputError(`Move ${i + 1} of ${JSON.stringify(moves)} can't be played: ${why}.`);
      }
      board.play(column);
    }
    return board;
  }

  /** Stones on the board. */
  get stones(): number {
    return this.#stones;
  }

  /** Who plays next. */
  get player(): Player {
    return (this.#stones & 1) as Player;
  }

  /** Who has four in a row, or null. */
  get winner(): Player | null {
    return this.#winner;
  }

  get isFull(): boolean {
    return this.#stones === cellCount;
  }

  /** Whether someone has won or no cell is left. */
  get isOver(): boolean {
    return this.#winner !== null || this.#stones === cellCount;
  }

  /** The columns played so far. */
  get moves(): number[] {
    return Array.from(this.#moves.subarray(0, this.#stones));
  }

  /** The moves so far as digits 1 to 7. */
  get notation(): string {
    return this.moves.map((column) => column + 1).join('');
  }

  /** The stones of a column. */
  height(column: number): number {
    return this.#heights[column];
  }

  /** Whether the column exists and has a free cell. */
  canPlay(column: number): boolean {
    return this.#heights[column] < rowCount;
  }

  /** Lets the next player drop a stone. The caller sees to it that the game isn't over and the column has a free cell. */
  play(column: number): void {
    const row = this.#heights[column]++;
    this.#moves[this.#stones] = column;
    if (column < lowColumns) this.#placeLow(1 << (column * bitsPerColumn + row));
    else this.#placeHigh(1 << ((column - lowColumns) * bitsPerColumn + row));
    this.#stones++;
  }

  #placeLow(bit: number): void {
    if ((this.#stones & 1) === 0) {
      this.#low0 |= bit;
      if (hasFour(this.#low0, this.#high0)) this.#winner = 0;
    } else {
      this.#low1 |= bit;
      if (hasFour(this.#low1, this.#high1)) this.#winner = 1;
    }
  }

  #placeHigh(bit: number): void {
    if ((this.#stones & 1) === 0) {
      this.#high0 |= bit;
      if (hasFour(this.#low0, this.#high0)) this.#winner = 0;
    } else {
      this.#high1 |= bit;
      if (hasFour(this.#low1, this.#high1)) this.#winner = 1;
    }
  }

  /** Takes the last stone back. The caller sees to it that there is one. */
  undo(): void {
    const column = this.#moves[--this.#stones];
    const row = --this.#heights[column];
    const bit = 1 << ((column % lowColumns) * bitsPerColumn + row);
    const isLow = column < lowColumns;
    if ((this.#stones & 1) === 0) {
      if (isLow) this.#low0 ^= bit;
      else this.#high0 ^= bit;
    } else if (isLow) this.#low1 ^= bit;
    else this.#high1 ^= bit;
    this.#winner = null;
  }

  /** Takes all stones off. */
  clear(): void {
    this.#heights.fill(0);
    this.#stones = 0;
    this.#low0 = this.#high0 = this.#low1 = this.#high1 = 0;
    this.#winner = null;
  }

  /** Whose stone lies in a cell, or null. */
  stoneAt(column: number, row: number): Player | null {
    const bit = 1 << ((column % lowColumns) * bitsPerColumn + row);
    const isLow = column < lowColumns;
    if ((isLow ? this.#low0 : this.#high0) & bit) return 0;
    return (isLow ? this.#low1 : this.#high1) & bit ? 1 : null;
  }

  /** A player's stones in the columns 0 to 3. */
  lowStones(player: Player): number {
    return player === 0 ? this.#low0 : this.#low1;
  }

  /** A player's stones in the columns 4 to 6. */
  highStones(player: Player): number {
    return player === 0 ? this.#high0 : this.#high1;
  }

  /** The board as text, the top row first: `x` began, `o` followed. */
  toString(): string {
    const rows = Array.from({ length: rowCount }, (_, i) => {
      const cells = Array.from({ length: columnCount }, (_, column) => this.stoneAt(column, rowCount - 1 - i));
      return cells.map((stone) => (stone === null ? '.' : 'xo'[stone])).join(' ');
    });
    return [...rows, '1 2 3 4 5 6 7'].join('\n');
  }
}

/** @throws InputError when the number is no column's. */
export function checkColumn(column: number): void {
  if (Number.isInteger(column) && column >= 0 && column < columnCount) return;
  throw new InputError(`A move in Connect Four is ${column}, expected a column from 0 to ${columnCount - 1}.`);
}

/** Whether the stones hold four in a row, up, across or along a diagonal. */
function hasFour(low: number, high: number): boolean {
  return hasLine(low, high, 1) || hasLine(low, high, 7) || hasLine(low, high, 6) || hasLine(low, high, 8);
}

/** Whether four stones lie `step` bits apart: pairs first, then pairs of pairs. */
function hasLine(low: number, high: number, step: number): boolean {
  const pairLow = low & ((low >>> step) | ((high << (lowBits - step)) & lowMask));
  const pairHigh = high & (high >>> step);
  const twice = 2 * step;
  return (
    (pairLow & ((pairLow >>> twice) | ((pairHigh << (lowBits - twice)) & lowMask))) !== 0 ||
    (pairHigh & (pairHigh >>> twice)) !== 0
  );
}
