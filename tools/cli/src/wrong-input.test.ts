import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFailure } from './error-policy.ts';
import { runHere } from './testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-wrong-input-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

/** A short run and a recording of it, for the tests that need one. */
beforeAll(async () => {
  const small = ['steps=256', 'minibatches=4', 'epochs=2'].flatMap((setting) => ['--set', setting]);
  await runHere('train', 'ppo', '--env', 'HalfCheetah-v5', '--steps', '512', '--out', at('run'), ...small);
  await runHere('record', at('run'), '--transitions', '300', '--out', at('demos.hdf5'));
});

/** Runs a command that has to end in one sentence and status 2; returns the sentence. */
async function refusal(...argv: string[]): Promise<string> {
  const failure = await runHere(...argv).then(
    () => expect.unreachable(`${argv.join(' ')} was not refused`),
    (error) => describeFailure(error),
  );
  expect(failure).toMatchObject({ status: 2, message: expect.stringMatching(/^.+$/) });
  return failure.message;
}

test.each([
  ['eval', '--env'],
  ['train', 'ppo', '--out', at('none'), '--env'],
  ['env', 'check'],
  ['quickstart', '--out', at('none'), '--env'],
  ['bench', 'env'],
])('an unknown environment: %s %s', async (...argv) => {
  const [command, ...rest] = argv.filter(Boolean);
  const whole = command === 'eval' ? ['eval', at('run'), ...rest] : [command, ...rest];
  expect(await refusal(...whole, 'HalfCheeta-v5')).toMatch(/HalfCheeta-v5.*HalfCheetah-v5/);
  expect(existsSync(at('none'))).toBe(false);
});

test('an unknown option, command, setting', async () => {
  expect(await refusal('eval', at('run'), '--episods', '3')).toContain('did you mean --episodes?');
  expect(await refusal('evall')).toContain('did you mean eval?');
  expect(await refusal('env', 'lst')).toContain('did you mean list?');
  expect(await refusal('env')).toContain('A command is missing');
  const train = ['train', 'ppo', '--env', 'HalfCheetah-v5', '--out', at('none')];
  expect(await refusal(...train, '--set', 'gama=1')).toContain('did you mean gamma');
  expect(await refusal(...train, '--set', 'gamma=high')).toContain('gamma');
  expect(await refusal(...train, '--backend', 'abacus')).toContain('backend is "abacus"');
  expect(existsSync(at('none'))).toBe(false);
});

test('a negative number of steps', async () => {
  const argv = ['train', 'ppo', '--env', 'HalfCheetah-v5', '--out', at('none'), '--steps', '-1'];
  expect(await refusal(...argv)).toBe('--steps must be a whole number of at least 1, but was "-1".');
});

test('an HDF5 file cut in half, a file that is none, and none at all', async () => {
  const half = at('half.hdf5');
  writeFileSync(half, readFileSync(at('demos.hdf5')));
  truncateSync(half, Math.floor(readFileSync(half).length / 2));
  writeFileSync(at('text.hdf5'), 'observations, actions\n');
  for (const file of [half, at('text.hdf5'), at('absent.hdf5'), directory]) {
    expect(await refusal('dataset', 'inspect', file)).toContain(file);
    const train = ['train', 'bc', '--dataset', file, '--env', 'HalfCheetah-v5', '--out', at('none')];
    expect(await refusal(...train)).toContain(file);
  }
});

test('a dataset of another shape', async () => {
  const argv = ['train', 'bc', '--dataset', at('demos.hdf5'), '--env', 'Hopper-v5', '--out', at('none')];
  expect(await refusal(...argv)).toContain(
    'has 17 observation and 6 action numbers a transition, but Hopper-v5 has 11 and 3',
  );
});

test('a place that cannot be written', async () => {
  writeFileSync(at('file'), 'mine');
  const below = at('file', 'run');
  const train = ['train', 'ppo', '--env', 'HalfCheetah-v5', '--steps', '512', '--out', below];
  expect(await refusal(...train)).toContain(at('file'));
  expect(await refusal('quickstart', '--out', below)).toContain(at('file'));
  expect(await refusal('record', at('run'), '--transitions', '10', '--out', at('file', 'demos.hdf5'))).toContain(
    at('file'),
  );
  expect(await refusal('report', at('run'), '--out', at('file', 'report.html'))).toContain(at('file'));
  expect(readFileSync(at('file'), 'utf8')).toBe('mine');
});

test('a policy of another environment, a damaged one, and a directory without one', async () => {
  expect(await refusal('eval', at('run'), '--env', 'Hopper-v5')).toContain('HalfCheetah-v5');
  mkdirSync(at('empty'));
  expect(await refusal('eval', at('empty'))).toContain(at('empty'));
  const damaged = at('damaged.safetensors');
  writeFileSync(damaged, readFileSync(at('run', 'policy.safetensors')).subarray(0, 1000));
  expect(await refusal('eval', damaged)).toContain(damaged);
  expect(await refusal('report', at('empty'))).toContain(at('empty'));
});

test('a run directory that is taken, or is resumed as something else', async () => {
  const again = ['train', 'ppo', '--env', 'HalfCheetah-v5', '--out', at('run')];
  expect(await refusal(...again)).toContain(at('run'));
  expect(await refusal('train', 'ppo', '--env', 'Hopper-v5', '--out', at('run'), '--resume')).toContain(at('run'));
  expect(await refusal('train', 'ppo', '--seed', '7', '--out', at('run'), '--resume')).toContain('seed');
});

test('how much to record is told once', async () => {
  const out = ['--out', at('none.hdf5')];
  expect(await refusal('record', at('run'), ...out)).toContain('--episodes or --transitions');
  expect(await refusal('record', at('run'), ...out, '--episodes', '1', '--transitions', '9')).toContain('exactly one');
  expect(existsSync(at('none.hdf5'))).toBe(false);
});
