import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { Board } from './board.ts';
import { plainWinner } from './testing/random-games.ts';

test('the winner is found as by looking at every cell, in every random game after every stone', () => {
  const generator = defaultRng(1);
  const board = new Board();
  const ends = { 0: 0, 1: 0, draw: 0 };
  for (let game = 0; game < 400; game++) {
    board.clear();
    while (!board.isOver) {
      const column = generator.integers(7);
      if (!board.canPlay(column)) continue;
      board.play(column);
      expect(board.winner).toBe(plainWinner(board));
    }
    ends[board.winner ?? 'draw']++;
  }
  expect(ends[0]).toBeGreaterThan(ends[1]);
  expect(ends[1]).toBeGreaterThan(100);
});

test('undo gives the board back', () => {
  const generator = defaultRng(2);
  const board = new Board();
  const texts = [board.toString()];
  while (!board.isOver) {
    const column = generator.integers(7);
    if (!board.canPlay(column)) continue;
    board.play(column);
    texts.push(`${board}`);
  }
  while (board.stones > 0) {
    expect(`${board}`).toBe(texts[board.stones]);
    board.undo();
    expect(board.winner).toBeNull();
  }
  expect(`${board}`).toBe(texts[0]);
});

test('moves are read from digits and from columns, and printed', () => {
  const board = Board.after('4453');
  expect(board.moves).toEqual([3, 3, 4, 2]);
  expect(board.notation).toBe('4453');
  expect(`${Board.after([3, 3, 4, 2])}`).toBe(`${board}`);
  expect(`${board}`.split('\n').slice(4)).toEqual(['. . . o . . .', '. . o x x . .', '1 2 3 4 5 6 7']);
});

test.each([
  ['4444444', 'Move 7 of "4444444" can\'t be played: its column is full or not on the board.'],
  ['48', 'Move 2 of "48" can\'t be played: its column is full or not on the board.'],
  ['4x', 'Move 2 of "4x" can\'t be played: its column is full or not on the board.'],
  ['12121213', 'Move 8 of "12121213" can\'t be played: the game is over before it.'],
])('moves that can not be played are refused: %s', (moves, sentence) => {
  expect(() => Board.after(moves)).toThrow(sentence);
});
