import { Writable } from 'node:stream';
import { InputError, nearestNames } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { Interrupted } from '../error-policy.ts';
import { oneOf, wholeNumber } from '../values.ts';

const games = ['connect-four'];
const sides = ['human', 'solver'] as const;
const opponents = ['solver', 'stochastic', 'random'] as const;

interface PlayFlags {
  seed: number;
  first: (typeof sides)[number];
  opponent: (typeof opponents)[number];
  hints?: boolean;
  json?: boolean;
}

/** `understudy play`. @param input - Where the moves come from. */
export function addPlayCommand(
  program: Command,
  context: CommandContext,
  input: NodeJS.ReadableStream = process.stdin,
): void {
  program
    .command('play <game>')
    .description('play a game against the computer; moves come from the keyboard or a pipe, one or many a line')
    .option('--seed <n>', 'draws among equally good replies and mistakes', wholeNumber('--seed', 0), 0)
    .option('--first <who>', 'who begins: human or solver', oneOf('--first', sides), 'human')
    .option(
      '--opponent <name>',
      'solver plays perfectly, stochastic errs like that of ConnectFour-v0, random plays anything',
      oneOf('--opponent', opponents),
      'solver',
    )
    .option('--hints', 'tell before every move of yours what the columns are worth')
    .option('--json', 'print the game as one JSON object at its end; boards go to stderr')
    .action((game: string, flags: PlayFlags) => play(game, flags, context, input));
}

async function play(
  game: string,
  flags: PlayFlags,
  context: CommandContext,
  input: NodeJS.ReadableStream,
): Promise<void> {
  checkGame(game);
  const { playConnectFour } = await import('@understudy/env-connect-four');
  const { seed, opponent, hints } = flags;
  const human = flags.first === 'human' ? 0 : 1;
  const abort = new AbortController();
  const leave = () => abort.abort();
  // Not the context's interruption, which announces that something is saved: a game is simply left.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  try {
    const output = linesTo(flags.json ? context.note : context.print);
    const result = await playConnectFour({ input, output, seed, human, opponent, hints, signal: abort.signal });
    if (abort.signal.aborted) throw new Interrupted('');
    if (flags.json) context.print(JSON.stringify({ game, seed, first: flags.first, opponent, ...result }));
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
  }
}

/** @throws InputError for a game that isn't there. */
function checkGame(game: string): void {
  if (games.includes(game)) return;
  const near = nearestNames(game, games);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${games.join(', ')}.`;
  throw new InputError(`There is no game "${game}" to play; ${hint}`);
}

/** A stream whose chunks are lines to print. */
function linesTo(print: (line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      print(chunk.replace(/\n$/, ''));
      done();
    },
  });
}
