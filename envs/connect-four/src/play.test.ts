import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Board } from './board.ts';
import { type PlayOptions, playConnectFour } from './play.ts';
import { Solver } from './solver.ts';

const solver = new Solver({ tableBits: 18 });

async function playLines(lines: string[], options: Partial<PlayOptions> = {}) {
  const output = new PassThrough();
  const chunks: string[] = [];
  output.on('data', (chunk) => chunks.push(String(chunk)));
  const input = Readable.from(lines.map((line) => `${line}\n`));
  const result = await playConnectFour({ input, output, seed: 0, solver, ...options });
  return { result, text: chunks.join('') };
}

test('a column is answered and the board drawn', async () => {
  const { result, text } = await playLines(['4']);
  expect(result).toEqual({ winner: null, finished: false, moves: '44' });
  expect(text).toContain('I play 4.');
  expect(text).toContain('. . . o . . .\n. . . x . . .\n1 2 3 4 5 6 7');
});

test('hints tell what the columns are worth, and undo takes both stones back', async () => {
  const hint = '1 loses (-2), 2 loses (-1), 3 draws, 4 wins (+1), 5 draws, 6 loses (-1), 7 loses (-2)';
  const { result, text } = await playLines(['hint', '4', 'undo', 'quit', '4']);
  expect(text).toContain(hint);
  expect(result.moves).toBe('');
  const always = await playLines([], { hints: true });
  expect(always.text).toContain(hint);
  expect((await playLines([])).text).not.toContain('loses');
});

test('the computer begins when the human does not', async () => {
  const { result } = await playLines([], { human: 1 });
  expect(result.moves).toBe('4');
});

test('moves may share a line, blank lines are passed over, and nothing is read after the end', async () => {
  const { result } = await playLines(
    ['', '1 1', ' 1  1 7 7 7', '7 6 6 6 6 5 5 5 5', '3 3 3 3', '2 2 2 2', 'nonsense'],
    {
      opponent: 'random',
      seed: 5,
    },
  );
  expect(result.finished).toBe(true);
  expect(Board.after(result.moves).winner).toBe(result.winner);
});

test('in a terminal wrong lines are said to be wrong and asked again', async () => {
  const lines = ['9', 'four', 'undo', '4', '4', '3', '3', '4', '4', '4', '1'];
  const { text } = await playLines(lines, { interactive: true, opponent: 'random', seed: 1 });
  expect(text).toContain('"9" is no move; type a column from 1 to 7, "hint", "undo" or "quit".');
  expect(text).toContain('"four" is no move');
  expect(text).toContain('There is no move of yours to take back.');
  expect(text).toMatch(/Column 4 is full; choose 1, 2, 3, 5, 6, 7\./);
});

test.each([
  [['9'], '"9" is no move; type a column from 1 to 7, "hint", "undo" or "quit".'],
  [['undo'], 'There is no move of yours to take back.'],
])('wrong piped lines %j are refused', async (lines, sentence) => {
  await expect(playLines(lines)).rejects.toThrow(sentence);
});

test('an abort leaves the game', async () => {
  const abort = new AbortController();
  const game = playConnectFour({
    ...{ input: new PassThrough(), output: new PassThrough(), seed: 0, human: 1, solver, signal: abort.signal },
  });
  abort.abort();
  expect(await game).toEqual({ winner: null, finished: false, moves: '4' });
});

test('the same seed gives the same random replies, another seed others', async () => {
  const moves = async (seed: number) =>
    (await playLines(['1', '2', '3', '5'], { opponent: 'random', seed })).result.moves;
  expect(await moves(1)).toBe(await moves(1));
  expect(new Set([await moves(1), await moves(2), await moves(3)]).size).toBe(3);
});
