import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { Board } from './board.ts';
import { decodeBook, encodeBook, readBook } from './book-file.ts';
import { Solver } from './solver.ts';
import { evenGame, plainScore, randomGame } from './testing/random-games.ts';

const solver = new Solver();
const bookless = new Solver({ tableBits: 18, book: [] });

/** The same game in a mirror. */
function mirrored(board: Board): Board {
  return Board.after(board.moves.map((column) => 6 - column));
}

test('the first player wins in the centre, draws beside it and loses elsewhere', () => {
  const empty = new Board();
  expect(solver.moveScores(empty)).toEqual([-2, -1, 0, 1, 0, -1, -2]);
  expect(solver.solve(empty)).toBe(1);
  expect(solver.bestMoves(empty)).toEqual([3]);
});

test('scores and best moves are those of plain alpha-beta, in 2000 random late positions', () => {
  const generator = defaultRng(11);
  for (let i = 0; i < 2000; i++) {
    const board = randomGame(32 + (i % 10), generator);
    const expected = plainScore(board);
    expect(solver.solve(board), board.notation).toBe(expected);
    if (i % 10 > 0) continue;
    const scores = solver.moveScores(board);
    expect(Math.max(...scores.map((score) => score ?? -99)), board.notation).toBe(expected);
    const best = [...scores.keys()].filter((column) => scores[column] === expected);
    expect(solver.bestMoves(board), board.notation).toEqual(best);
  }
});

test("the outcome is the first player's win, and of its first moves the centre wins, two draw and four lose", () => {
  const board = new Board();
  expect(solver.outcome(board)).toBe(1);
  expect(solver.outcomeMoves(board)).toEqual([3]);
  const after = [0, 1, 2, 3, 4, 5, 6].map((column) => solver.outcome(Board.after([column])));
  expect(after).toEqual([1, 1, 0, -1, 0, 1, 1]);
});

test('the outcome is the sign of the score, and its moves are those whose scores have that sign', () => {
  const generator = defaultRng(14);
  const seen = new Set<number>();
  for (let i = 0; i < 1200; i++) {
    const board = randomGame(22 + (i % 19), generator);
    // Late enough, so that bounds are held against a search that has none.
    const score = board.stones < 30 ? solver.solve(board) : plainScore(board);
    const outcome = bookless.outcome(board);
    expect(outcome, board.notation).toBe(Math.sign(score));
    seen.add(outcome);
    if (i % 4) continue;
    const scores = solver.moveScores(board);
    const keeping = [...scores.keys()].filter((column) => {
      const moveScore = scores[column];
      return moveScore != null && Math.sign(moveScore) === Math.sign(score);
    });
    expect(bookless.outcomeMoves(board), board.notation).toEqual(keeping);
  }
  expect([...seen].sort()).toEqual([-1, 0, 1]);
});

test('scores are right where a player can answer every stone on top of it', () => {
  const generator = defaultRng(13);
  const signs = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const board = evenGame(28 + 2 * (i % 5), generator);
    // With one stone more it is the first player who follows up.
    if (i % 2) board.play([0, 1, 2, 3, 4, 5, 6].find((column) => board.canPlay(column))!);
    if (board.isOver) continue;
    const expected = plainScore(board);
    expect(bookless.solve(board), board.notation).toBe(expected);
    signs.add(Math.sign(expected));
  }
  expect([...signs].sort()).toEqual([-1, 0, 1]);
});

test.each([
  ['5566634645532137372275547133464', 0],
  ['554757654723135164714145177222226', 0],
  ['72537721213646723532542334751', -1],
])('a threat above a column that needs a cell of another to come out even is weighed right: %s', (moves, score) => {
  const board = Board.after(moves);
  expect(plainScore(board)).toBe(score);
  expect(bookless.solve(board)).toBe(score);
});

test('neither mirror images, nor the book, nor the size or content of the table change an answer', () => {
  const generator = defaultRng(12);
  for (let i = 0; i < 60; i++) {
    const board = randomGame(12 + (i % 16), generator);
    const score = solver.solve(board);
    const best = solver.bestMoves(board);
    expect(bookless.solve(board)).toBe(score);
    expect(bookless.bestMoves(board)).toEqual(best);
    expect(solver.solve(mirrored(board))).toBe(score);
    expect(solver.bestMoves(mirrored(board))).toEqual(best.map((column) => 6 - column).reverse());
    solver.forget();
    expect(solver.solve(board)).toBe(score);
  }
});

test.each<[string, string, number, number[]]>([
  ['three up win', '121212', 18, [0]],
  ['an open pair makes a row that wins', '4455', 18, [2, 5]],
  ['an open row of three can not be stopped', '44556', -18, [0, 1, 2, 3, 4, 5, 6]],
  ['a row of three wins at either end', '445566', 18, [2, 6]],
  ['two threats at once win', '4444443333', 15, [1, 4]],
])('%s', (_, moves, score, best) => {
  const board = Board.after(moves);
  expect(solver.solve(board)).toBe(score);
  expect(solver.bestMoves(board)).toEqual(best);
});

test('the book is packed without loss, and names the mirror image where that is the smaller', () => {
  const book = readBook();
  expect(book.length).toBeGreaterThan(4);
  expect(decodeBook(encodeBook(book))).toEqual(book);
  const board = Board.after('1');
  expect(solver.bookKey(board)).toBe(solver.bookKey(mirrored(board)));
  expect([solver.isMirrored(board), solver.isMirrored(mirrored(board))].sort()).toEqual([false, true]);
});

test('what a book says is taken as it is, turned round for the mirror image', () => {
  const board = Board.after('112266');
  const key = solver.bookKey(board);
  const isTurned = solver.isMirrored(board);
  const columns = 0b0000011;
  const reader = new Solver({ tableBits: 16, book: [{ key, stones: board.stones, score: -7, columns }] });
  expect(reader.solve(board)).toBe(-7);
  expect(reader.solve(mirrored(board))).toBe(-7);
  expect([reader.outcome(board), reader.outcome(mirrored(board))]).toEqual([-1, -1]);
  expect(reader.bestMoves(isTurned ? mirrored(board) : board)).toEqual([0, 1]);
  expect(reader.bestMoves(isTurned ? board : mirrored(board))).toEqual([5, 6]);
});

test('a finished game is refused', () => {
  expect(() => solver.solve(Board.after('1212121'))).toThrow('The game 1212121 is over; there is nothing to solve.');
  expect(() => solver.bestMoves(Board.after('1212121'))).toThrow('is over');
  expect(() => solver.outcome(Board.after('1212121'))).toThrow('is over');
  expect(() => solver.outcomeMoves(Board.after('1212121'))).toThrow('is over');
  expect(() => solver.moveScores(Board.after('1212121'))).toThrow('is over');
});

test('a table of a wrong size is refused', () => {
  expect(() => new Solver({ tableBits: 40 })).toThrow(
    "A solver's tableBits is 40, expected a whole number from 16 to 26.",
  );
});
