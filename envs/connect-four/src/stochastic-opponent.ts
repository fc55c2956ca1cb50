import type { Generator } from '@understudy/random';
import { type Board, columnCount } from './board.ts';
import type { Solver } from './solver.ts';

const lastColumn = columnCount - 1;

/** Options of {@link chooseReply}. */
export interface ReplyOptions {
  /** How often a move in the last column is replaced by a random one. */
  mistakeProbability: number;
  /** Whether a mistake may name a full column, for the caller to remap; otherwise full columns aren't drawn. */
  mayNameFullColumn: boolean;
}

/** What the opponent plays. */
export interface Reply {
  column: number;
  /** Whether it is a random column in place of the best. */
  erred: boolean;
}

/**
 * The move of the papers' opponent: the leftmost of the best columns, but when that is the last column, with some
 * probability one of the others at random. (ESPER's `C4MarkovExploitable`; Paster, McIlraith, Ba, "You Can't Count on
 * Luck", 2022.)
 *
 * Nothing is drawn unless the best column is the last.
 */
export function chooseReply(board: Board, solver: Solver, generator: Generator, options: ReplyOptions): Reply {
  const best = solver.bestColumns(board);
  const leftmost = 31 - Math.clz32(best & -best);
  if (leftmost !== lastColumn || generator.random() >= options.mistakeProbability) {
    return { column: leftmost, erred: false };
  }
  const others = Array.from({ length: lastColumn }, (_, column) => column);
  const choices = options.mayNameFullColumn ? others : others.filter((column) => board.canPlay(column));
  if (choices.length === 0) return { column: lastColumn, erred: false };
  return { column: choices[generator.integers(choices.length)], erred: true };
}
