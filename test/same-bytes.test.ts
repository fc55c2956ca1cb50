import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runUnderstudy, startUnderstudy, temporaryDirectory } from './run-understudy.ts';

const training = ['train', 'ppo', '--env', 'HalfCheetah-v5', '--steps', '40960', '--seed', '3'];

/** The bytes of every file in a run directory that holds results. */
function results(run: string): Record<string, string> {
  const checkpoints = readdirSync(join(run, 'checkpoints')).map((name) => join('checkpoints', name));
  const files = ['metrics.jsonl', 'policy.safetensors', ...checkpoints.sort()];
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(run, name)).toString('base64')]));
}

test('the same seed gives the same bytes: twice, and after kill -9 with a resume', { timeout: 120_000 }, async () => {
  const directory = temporaryDirectory();
  const [whole, again, killed] = ['whole', 'again', 'killed'].map((name) => join(directory, name));
  for (const out of [whole, again]) {
    const run = runUnderstudy(...training, '--out', out, '--set', 'checkpointEvery=2');
    expect(run.status, run.stderr).toBe(0);
  }
  expect(results(again)).toEqual(results(whole));

  const child = startUnderstudy(...training, '--out', killed, '--set', 'checkpointEvery=2');
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  while (!hasCheckpoint(killed)) await sleep(10);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const resumed = runUnderstudy(...training, '--out', killed, '--set', 'checkpointEvery=2', '--resume');
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(results(killed)).toEqual(results(whole));

  const files = ['a.hdf5', 'b.hdf5'].map((name) => join(directory, name));
  for (const out of files) {
    const recorded = runUnderstudy('record', whole, '--episodes', '2', '--seed', '5', '--out', out);
    expect(recorded.status, recorded.stderr).toBe(0);
    await sleep(1100); // HDF5 could store the second at which it was written
  }
  expect(readFileSync(files[0]).equals(readFileSync(files[1]))).toBe(true);
});

function hasCheckpoint(run: string): boolean {
  try {
    return readdirSync(join(run, 'checkpoints')).some((name) => name.endsWith('.safetensors'));
  } catch {
    return false;
  }
}
