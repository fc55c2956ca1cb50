import { type Board, columnCount } from './board.ts';
import type { Solver } from './solver.ts';

/** What every column is worth in words: `1 loses (-2), 2 draws, 3 is full, ...`. */
export function hintOf(board: Board, solver: Solver): string {
  const scores = solver.moveScores(board);
  return Array.from({ length: columnCount }, (_, column) => `${column + 1} ${outcome(scores[column])}`).join(', ');
}

function outcome(score: number | null): string {
  if (score === null) return 'is full';
  if (score === 0) return 'draws';
  return score > 0 ? `wins (+${score})` : `loses (${score})`;
}
