import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import { Command } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { describeFailure, Interrupted } from './error-policy.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function parse(...argv: string[]): unknown {
  const program = new Command('tool').exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  program.command('train').requiredOption('--env <id>').option('--seed <n>');
  return thrownBy(() => program.parse(argv, { from: 'user' }));
}

test('what a server refuses, or leaves unanswered, is its sentence and status 2', async () => {
  const { ProtocolError, TimeoutError } = await import('@understudy/rollout');
  for (const error of [new ProtocolError('failed', 'No display.'), new TimeoutError('No display.')]) {
    expect(describeFailure(error)).toEqual({ status: 2, message: 'No display.' });
  }
});

test('wrong input is its sentence alone and status 2', () => {
  expect(describeFailure(new InputError('No such thing.'))).toEqual({ status: 2, message: 'No such thing.' });
});

test('a bug keeps its stack and is status 1', () => {
  const bug = new TypeError('x is not a function');
  expect(describeFailure(bug)).toEqual({ status: 1, message: bug.stack });
  expect(describeFailure('thrown text')).toEqual({ status: 1, message: 'thrown text' });
});

test('an interruption is status 130', () => {
  expect(describeFailure(new Interrupted('Go on with --resume.'))).toEqual({
    status: 130,
    message: 'Go on with --resume.',
  });
});

test('complaints about the command line are one sentence with the nearest name', () => {
  expect(describeFailure(parse('train', '--env', 'x', '--sede', '1'))).toEqual({
    status: 2,
    message: "Unknown option '--sede' (did you mean --seed?); --help lists what there is.",
  });
  expect(describeFailure(parse('trian'))).toEqual({
    status: 2,
    message: "Unknown command 'trian' (did you mean train?); --help lists what there is.",
  });
  expect(describeFailure(parse('train')).message).toMatch(/^Required option '--env <id>' not specified; --help/);
  expect(describeFailure(parse()).message).toMatch(/^A command is missing/);
});

test('help is no failure', () => {
  expect(describeFailure(parse('--help'))).toEqual({ status: 0, message: '' });
});

test('what the file system refuses is one sentence that names the path', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const below = join(file, 'run');
  expect(describeFailure(thrownBy(() => mkdirSync(below, { recursive: true })))).toEqual({
    status: 2,
    message: `A part of ${below} is a file, not a directory: choose another place.`,
  });
  expect(describeFailure(thrownBy(() => readFileSync(join(directory, 'none')))).message).toBe(
    `There is nothing at ${join(directory, 'none')} and nothing can be made there: check the path.`,
  );
  expect(describeFailure(thrownBy(() => readFileSync(directory))).status).toBe(2);
});

test('a full disk is told without a path when the system names none', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(describeFailure(full)).toEqual({
    status: 2,
    message: 'There is no space left on the disk for the file: free some and run the command again.',
  });
});
