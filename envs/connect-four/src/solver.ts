import { InputError } from '@understudy/errors';
import { Board, cellCount, columnCount } from './board.ts';
import { type BookEntry, readBook } from './book-file.ts';
import { checkOutcomeBook, type OutcomeBook, readOutcomeBook } from './outcome-book.ts';
import { type Question, type SolverExports, startSolver } from './solver-module.ts';

/** Whether who moves wins (1), loses (-1) or neither does (0), when both play as well as can be. */
export type Outcome = 1 | 0 | -1;

/** Options of {@link Solver}. */
export interface SolverOptions {
  /** Buckets of the transposition table for scores, as a power of two, 16 bytes each; default 22, 64 MiB. */
  tableBits?: number;
  /** The same of the table for outcomes; default 18, 4 MiB, which stays in the processor's cache. */
  outcomeTableBits?: number;
  /** Positions known beforehand; default the package's book. */
  book?: readonly BookEntry[];
  /** Who wins every position of so many stones, see {@link OutcomeBook}; default the package's, null for none. */
  outcomes?: OutcomeBook | null;
}

/**
 * Plays Connect Four perfectly: alpha-beta in null windows on bitboards, in WebAssembly, with a transposition table that
 * lives as long as the solver, and an opening book.
 *
 * A score counts the stones that the winner has left, the winning one included: 3 means that who moves wins with the
 * third but last stone of theirs, -1 that the opponent wins with the last, 0 is a draw. Scores are exact, so neither the
 * table's size nor what was asked before changes an answer.
 */
export class Solver {
  readonly #exports: SolverExports;

  /** @throws InputError when the table's size is out of range, a book is damaged, or the compiled solver is not there. */
  constructor(options: SolverOptions = {}) {
    const { tableBits = 22, outcomeTableBits = 18, book = readBook(), outcomes = readOutcomeBook() } = options;
    for (const [name, bits] of Object.entries({ tableBits, outcomeTableBits })) {
      if (Number.isInteger(bits) && bits >= 16 && bits <= 26) continue;
      throw new InputError(`A solver's ${name} is ${bits}, expected a whole number from 16 to 26.`);
    }
    if (outcomes) checkOutcomeBook(outcomes);
    const { exports, memory } = startSolver();
    this.#exports = exports;
    // At most half full, so that looking up what isn't there is quick.
    const bookBits = Math.max(4, Math.ceil(Math.log2(2 * book.length + 2)));
    const address = exports.configure(tableBits, outcomeTableBits, bookBits, outcomes?.cells.length ?? 0) >>> 0;
    for (const { key, stones, score, columns } of book) exports.addToBook(key, stones, score, columns);
    if (!outcomes) return;
    new Uint8Array(memory.buffer).set(outcomes.cells, address);
    exports.useOutcomes(address, outcomes.stones, outcomes.seed, outcomes.segmentBits, outcomes.segments);
  }

  /** Positions searched so far. */
  get nodes(): number {
    return this.#exports.nodeCount();
  }

  /**
   * The score of the position for who moves.
   *
   * @throws InputError when the game is over.
   */
  solve(board: Board): number {
    checkRunning(board);
    return ask(this.#exports.solve, board);
  }

  /**
   * The columns that keep the score, from the left.
   *
   * @throws InputError when the game is over.
   */
  bestMoves(board: Board): number[] {
    return columnsOf(this.bestColumns(board));
  }

  /** {@link bestMoves} as a number whose bit i stands for column i. */
  bestColumns(board: Board): number {
    checkRunning(board);
    return ask(this.#exports.solveColumns, board);
  }

  /**
   * Who wins: 1 is who moves, -1 the opponent, 0 nobody; the sign of {@link solve} for a fraction of its work, because how
   * soon doesn't matter.
   *
   * @throws InputError when the game is over.
   */
  outcome(board: Board): Outcome {
    checkRunning(board);
    return ask(this.#exports.solveOutcome, board) as Outcome;
  }

  /**
   * The columns that keep the outcome, from the left: they win, or draw where no move wins, and where every move loses they
   * are all that have room. Unlike {@link bestMoves} they don't tell a quick win from a slow one.
   *
   * @throws InputError when the game is over.
   */
  outcomeMoves(board: Board): number[] {
    checkRunning(board);
    return columnsOf(ask(this.#exports.solveOutcomeColumns, board));
  }

  /**
   * The score of every move for who makes it, `[7]`; null for full columns.
   *
   * @throws InputError when the game is over.
   */
  moveScores(board: Board): (number | null)[] {
    checkRunning(board);
    const after = Board.after(board.notation);
    return Array.from({ length: columnCount }, (_, column) => {
      if (!after.canPlay(column)) return null;
      after.play(column);
      const won = Math.floor((cellCount + 2 - after.stones) / 2);
      // A difference, because -0 is no score.
      const score = after.winner !== null ? won : after.isFull ? 0 : 0 - this.solve(after);
      after.undo();
      return score;
    });
  }

  /** What the position is called in a book; its mirror image is called the same. */
  bookKey(board: Board): number {
    return ask(this.#exports.bookKey, board);
  }

  /** Whether a book's columns for this position belong to its mirror image and count from the right. */
  isMirrored(board: Board): boolean {
    return ask(this.#exports.isMirrored, board) !== 0;
  }

  /** Forgets what earlier searches found, for measurements. */
  forget(): void {
    this.#exports.clearTables();
  }
}

/** The columns whose bits are set, from the left. */
function columnsOf(mask: number): number[] {
  return Array.from({ length: columnCount }, (_, column) => column).filter((column) => (mask >> column) & 1);
}

function ask(question: Question, board: Board): number {
  const { player } = board;
  const other = player === 0 ? 1 : 0;
  const ownLow = board.lowStones(player);
  const ownHigh = board.highStones(player);
  return question(ownLow, ownHigh, ownLow | board.lowStones(other), ownHigh | board.highStones(other));
}

function checkRunning(board: Board): void {
  if (board.isOver) throw new InputError(`The game ${board.notation} is over; there is nothing to solve.`);
}
