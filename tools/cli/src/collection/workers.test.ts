import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { type Running, runCommand, startCommand } from '../testing/run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-workers-'));
const at = (...names: string[]) => join(directory, ...names);
// A killed learner can't remove its sockets; they shall lie where the tests clean up.
process.env.TMPDIR = directory;
afterAll(() => rmSync(directory, { recursive: true }));

const settings = [
  'steps=64',
  'minibatches=2',
  'epochs=2',
  'envs=4',
  'shards=4',
  'checkpointEvery=5',
  'hiddenSizes=[16]',
];
const training = [
  ...['train', 'ppo', '--env', 'CartPole-v1', '--steps', String(60 * 256)],
  ...settings.flatMap((setting) => ['--set', setting]),
];

function start(...argv: string[]): Running {
  const running = startCommand(...argv);
  onTestFinished(() => void running.process.kill('SIGKILL'));
  return running;
}

/** Processes that a command has started and that are still there. */
function childrenOf({ process: { pid } }: Running): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(20);
}

/** Lines of a run's metrics. */
function linesOf(run: string): number {
  const file = at(run, 'metrics.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

function expectSameRun(run: string, other: string): void {
  for (const file of ['policy.safetensors', 'metrics.jsonl']) {
    expect(readFileSync(at(run, file)).equals(readFileSync(at(other, file)))).toBe(true);
  }
}

test('workers that are killed leave the training as it is in one process', async () => {
  expect((await runCommand(...training, '--out', at('here'))).status).toBe(0);
  const command = start(...training, '--workers', '2', '--out', at('workers'));
  for (const lines of [3, 20]) {
    await until(() => linesOf('workers') >= lines);
    const [victim] = childrenOf(command);
    process.kill(victim, 'SIGKILL');
    await until(() => !isAlive(victim));
  }
  const { status, stderr } = await command.ended;
  expect(status).toBe(0);
  expect(stderr).toContain('A worker ended (SIGKILL); another one takes its place.');
  expectSameRun('workers', 'here');
}, 60_000);

test('a learner that is killed and resumed goes on with the workers it had', async () => {
  const address = `ipc://${at('learner')}`;
  const learner = start(...training, '--listen', address, '--out', at('listening'));
  const workers = ['one', 'two'].map(() => start('worker', '--connect', address, '--json'));
  await until(() => linesOf('listening') >= 12);
  learner.process.kill('SIGKILL');
  await learner.ended;
  const resumed = await runCommand('train', 'ppo', '--listen', address, '--out', at('listening'), '--resume', '--json');
  expect(resumed).toMatchObject({ status: 0 });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'finished', steps: 60 * 256 });
  expectSameRun('listening', 'here');
  for (const worker of workers) {
    const { status, stdout } = await worker.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ reason: 'The training has ended.' });
  }
}, 60_000);

test('workers of its own end with a learner that is killed, and ask its inference server before', async () => {
  const learner = start(...training, '--workers', '2', '--inference', '--out', at('served'));
  await until(() => linesOf('served') >= 2);
  const workers = childrenOf(learner);
  expect(workers).toHaveLength(2);
  // What a terminal's Ctrl-C sends to all is the learner's to act on.
  for (const pid of workers) process.kill(pid, 'SIGINT');
  const reached = linesOf('served');
  await until(() => linesOf('served') > reached + 1);
  expect(workers.every(isAlive)).toBe(true);
  learner.process.kill('SIGKILL');
  await until(() => !workers.some(isAlive));
  const lines = readFileSync(at('here', 'metrics.jsonl'), 'utf8').split('\n');
  expect(readFileSync(at('served', 'metrics.jsonl'), 'utf8').split('\n').slice(0, 2)).toEqual(lines.slice(0, 2));
}, 60_000);

test('a SIGTERM ends a worker, and a training without workers says so', async () => {
  const address = `ipc://${at('lonely')}`;
  const learner = start(...training, '--listen', address, '--patience', '1', '--out', at('lonely-run'));
  const worker = start('worker', '--connect', address);
  await until(() => linesOf('lonely-run') >= 1);
  worker.process.kill('SIGTERM');
  expect((await worker.ended).stdout).toContain('The worker was stopped.');
  const { status, stderr } = await learner.ended;
  expect(status).toBe(2);
  expect(stderr).toMatch(/No worker was there at ipc:.* for 1 s: start one/);
}, 60_000);

test('options that do not go together are refused', async () => {
  const { createProgram } = await import('../program.ts');
  const { createRecordingContext } = await import('../testing/recording-context.ts');
  const refused = (...argv: string[]) =>
    createProgram(createRecordingContext()).parseAsync([...training, '--out', at('none'), ...argv], { from: 'user' });
  await expect(refused('--workers', '2', '--listen', 'tcp://127.0.0.1:1')).rejects.toThrow(/give one of them/);
  await expect(refused('--inference')).rejects.toThrow(/add --workers or --listen/);
  await expect(refused('--listen', 'tcp://127.0.0.1:1', '--inference')).rejects.toThrow(/understudy infer --bind/);
  await expect(refused('--listen', 'tcp://0.0.0.0:7777')).rejects.toThrow(/needs CURVE keys/);
  await expect(refused('--workers', '2', '--keys', '/nowhere')).rejects.toThrow(/add --listen/);
  expect(existsSync(at('none', 'metrics.jsonl'))).toBe(false);
});
