import { type Board, columnCount } from './board.ts';
import { KeySet } from './key-set.ts';

/**
 * Visits every position of so many stones that a game can come to and that who moves doesn't win at once, in depth-first
 * order. The board is the same one at every visit and is left as it was.
 *
 * @param nameOf - Positions of one name are visited once: `Solver.bookKey` makes mirror images one.
 */
export function walkPositions(
  board: Board,
  stones: number,
  nameOf: (board: Board) => number,
  visit: (board: Board, name: number) => void,
): void {
  const seen = Array.from({ length: stones + 1 }, () => new KeySet());
  const walk = (): void => {
    const name = nameOf(board);
    if (!seen[board.stones].add(name)) return;
    if (board.stones === stones) {
      if (!winsAtOnce(board)) visit(board, name);
      return;
    }
    for (let column = 0; column < columnCount; column++) {
      if (!board.canPlay(column)) continue;
      board.play(column);
      if (!board.isOver) walk();
      board.undo();
    }
  };
  walk();
}

function winsAtOnce(board: Board): boolean {
  for (let column = 0; column < columnCount; column++) {
    if (!board.canPlay(column)) continue;
    board.play(column);
    const won = board.winner !== null;
    board.undo();
    if (won) return true;
  }
  return false;
}
