import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { createRecordingContext } from '../testing/recording-context.ts';
import { bin } from '../testing/run-command.ts';
import { addPlayCommand } from './play.ts';

/** Plays with lines from a pipe. */
async function playPiped(lines: string[], ...argv: string[]) {
  const context = createRecordingContext();
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addPlayCommand(program, context, Readable.from(lines.map((line) => `${line}\n`)));
  await program.parseAsync(['play', ...argv], { from: 'user' });
  return context;
}

test('a piped game is played to its end, and its transcript is the only line on stdout', async () => {
  // The random opponent of this seed doesn't come into the first column.
  const argv = ['connect-four', '--opponent', 'random', '--seed', '4', '--json'];
  const { printed, noted } = await playPiped(['1 1', '1', '1', '1'], ...argv);
  expect(printed).toHaveLength(1);
  const transcript = JSON.parse(printed[0]);
  expect(transcript).toMatchObject({ game: 'connect-four', seed: 4, first: 'human', opponent: 'random' });
  expect(transcript).toMatchObject({ finished: true, winner: 0 });
  expect(transcript.moves).toMatch(/^(1[2-7]){3}1$/);
  expect(noted[0]).toContain('You are x; type a column from 1 to 7');
  expect(noted.at(-1)).toBe('You win.');
});

test('without --json the boards go to stdout', async () => {
  const { printed, noted } = await playPiped(['4'], 'connect-four', '--opponent', 'random', '--seed', '3');
  expect(printed.join('\n')).toMatch(/I play \d\.\n\n(([.xo] ){6}[.xo]\n){6}1 2 3 4 5 6 7/);
  expect(noted).toEqual([]);
});

test('the solver may begin, and hints tell what columns are worth', async () => {
  const { printed } = await playPiped([], 'connect-four', '--first', 'solver', '--json');
  expect(JSON.parse(printed[0])).toMatchObject({ first: 'solver', moves: '4' });
  const hinted = await playPiped([], 'connect-four', '--hints');
  expect(hinted.printed.at(-1)).toMatch(/^1 loses \(-2\), .* 4 wins \(\+1\)/);
});

test.each([
  [[], ['connect-for'], 'There is no game "connect-for" to play; did you mean connect-four?'],
  [[], ['chess'], 'There is no game "chess" to play; there is connect-four.'],
  [[], ['connect-four', '--first', 'me'], '--first must be one of human, solver, but was "me".'],
  [[], ['connect-four', '--opponent', 'me'], '--opponent must be one of solver, stochastic, random, but was "me".'],
  [['8'], ['connect-four', '--opponent', 'random'], '"8" is no move; type a column from 1 to 7'],
])('%j to play %j is refused', async (lines, argv, sentence) => {
  await expect(playPiped(lines, ...argv)).rejects.toThrow(sentence);
});

test('Ctrl-C leaves with 130 and without a word on stderr', async () => {
  const child = spawn(process.execPath, [bin, 'play', 'connect-four', '--opponent', 'random'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout.once('data', () => child.kill('SIGINT'));
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
});
