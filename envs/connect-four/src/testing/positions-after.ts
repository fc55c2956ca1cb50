import { Board, columnCount } from '../board.ts';

/** Every position of so many stones that the game can come to and that who moves doesn't win at once, as its moves. */
export function positionsAfter(game: Board, stones: number): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const walk = (board: Board): void => {
    const name = `${board.lowStones(0)} ${board.highStones(0)} ${board.lowStones(1)} ${board.highStones(1)}`;
    if (seen.has(name)) return;
    seen.add(name);
    if (board.stones === stones) {
      if (!winsAtOnce(board)) found.push(board.notation);
      return;
    }
    for (let column = 0; column < columnCount; column++) {
      if (!board.canPlay(column)) continue;
      board.play(column);
      if (!board.isOver) walk(board);
      board.undo();
    }
  };
  walk(Board.after(game.notation));
  return found;
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
