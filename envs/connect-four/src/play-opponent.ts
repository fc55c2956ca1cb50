import type { Generator } from '@understudy/random';
import { type Board, columnCount } from './board.ts';
import type { Solver } from './solver.ts';
import { chooseReply, type Reply } from './stochastic-opponent.ts';

export type { Reply };

/** Whom a human can play against. */
export const playOpponents = ['solver', 'stochastic', 'random'] as const;

export type PlayOpponent = (typeof playOpponents)[number];

/** How an opponent answers on a board whose game isn't over; a function to be called at each of its turns. */
export function replyOf(opponent: PlayOpponent, board: Board, solver: Solver, generator: Generator): () => Reply {
  if (opponent === 'stochastic') {
    return () => chooseReply(board, solver, generator, { mistakeProbability: 0.2, mayNameFullColumn: false });
  }
  return () => {
    const columns = opponent === 'solver' ? solver.bestMoves(board) : freeColumns(board);
    return { column: columns[generator.integers(columns.length)], erred: false };
  };
}

function freeColumns(board: Board): number[] {
  return Array.from({ length: columnCount }, (_, column) => column).filter((column) => board.canPlay(column));
}
