import type { Generator } from '@understudy/random';
import { Board, columnCount } from '../board.ts';

/** A running game of so many random moves. */
export function randomGame(stones: number, generator: Generator): Board {
  const board = new Board();
  while (board.stones < stones) {
    const column = generator.integers(columnCount);
    if (!board.canPlay(column)) continue;
    board.play(column);
    if (board.isOver) board.clear();
  }
  return board;
}

/** A running game of an even number of random moves with an even number of stones in every column. */
export function evenGame(stones: number, generator: Generator): Board {
  for (;;) {
    const board = randomGame(stones, generator);
    if ([0, 1, 2, 3, 4, 5, 6].every((column) => board.height(column) % 2 === 0)) return board;
  }
}

/**
 * The score by plain alpha-beta, straight from the rules: stones that the winner has left, the winning one included; no
 * table, no order, no bound.
 */
export function plainScore(board: Board, alpha = -22, beta = 22): number {
  if (board.isFull) return 0;
  const left = 21 - Math.floor(board.stones / 2);
  let best = alpha;
  for (let column = 0; column < columnCount && best < beta; column++) {
    if (!board.canPlay(column)) continue;
    board.play(column);
    const score = board.winner !== null ? left : 0 - plainScore(board, -beta, -best);
    board.undo();
    best = Math.max(best, score);
  }
  return best;
}

/** Whether a player has four in a row, cell by cell. */
export function plainWinner(board: Board): number | null {
  for (let column = 0; column < 7; column++) {
    for (let row = 0; row < 6; row++) {
      const stone = board.stoneAt(column, row);
      if (stone === null) continue;
      for (const [right, up] of [
        [1, 0],
        [0, 1],
        [1, 1],
        [1, -1],
      ]) {
        const [lastColumn, lastRow] = [column + 3 * right, row + 3 * up];
        if (lastColumn > 6 || lastRow > 5 || lastRow < 0) continue;
        if ([1, 2, 3].every((i) => board.stoneAt(column + i * right, row + i * up) === stone)) return stone;
      }
    }
  }
  return null;
}
