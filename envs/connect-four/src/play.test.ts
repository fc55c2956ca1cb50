import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Player } from './board.ts';
import { playConnectFour } from './play.ts';
import { Solver } from './solver.ts';

const solver = new Solver({ tableBits: 18 });

async function playLines(lines: string[], human: Player = 0) {
  const output = new PassThrough();
  const chunks: string[] = [];
  output.on('data', (chunk) => chunks.push(String(chunk)));
  const input = Readable.from(lines.map((line) => `${line}\n`));
  const result = await playConnectFour({ input, output, seed: 0, human, solver });
  return { result, text: chunks.join('') };
}

test('a column is answered and the board drawn', async () => {
  const { result, text } = await playLines(['4']);
  expect(result).toEqual({ winner: null, finished: false, moves: '44' });
  expect(text).toContain('I play 4.');
  expect(text).toContain('. . . o . . .\n. . . x . . .\n1 2 3 4 5 6 7');
});

test('hints tell what the columns are worth, and undo takes both stones back', async () => {
  const { result, text } = await playLines(['hint', '4', 'undo', 'undo', 'quit', '4']);
  expect(text).toContain('1 loses (-2), 2 loses (-1), 3 draws, 4 wins (+1), 5 draws, 6 loses (-1), 7 loses (-2)');
  expect(text).toContain('There is no move of yours to take back.');
  expect(result.moves).toBe('');
});

test('the computer begins when the human does not', async () => {
  const { result } = await playLines([], 1);
  expect(result.moves).toBe('4');
});

test('lines that are no move are said to be so', async () => {
  const { result, text } = await playLines(['9', 'four', '']);
  expect(text).toContain('"9" is no move; type a column from 1 to 7, "hint", "undo" or "quit".');
  expect(text).toContain('"four" is no move');
  expect(result.moves).toBe('');
});
