import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { type Running, runCommand, startCommand } from './testing/run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-interruption-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

const settings = ['steps=256', 'minibatches=4', 'epochs=2'].flatMap((setting) => ['--set', setting]);
const training = ['train', 'ppo', '--env', 'HalfCheetah-v5', '--steps', '12800', ...settings];

/** Waits until a file has something in it, or the command ends. */
async function written(file: string, command: Running): Promise<void> {
  const ended = command.ended.then(({ stderr }) => expect.unreachable(`ended before ${file} was written: ${stderr}`));
  while (!existsSync(file) || readFileSync(file).length === 0) await Promise.race([setTimeout(20), ended]);
}

test('Ctrl-C during a training leaves a checkpoint, and the resumed run ends as an uninterrupted one', async () => {
  const command = startCommand(...training, '--out', at('run'));
  await written(at('run', 'metrics.jsonl'), command);
  // Under npm start one Ctrl-C arrives twice.
  command.process.kill('SIGINT');
  command.process.kill('SIGINT');
  const { status, stdout, stderr } = await command.ended;
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
  expect(stderr).toContain(`go on with: understudy train ppo --out ${at('run')} --resume`);
  expect(readdirSync(at('run', 'checkpoints')).some((name) => name.startsWith('checkpoint-'))).toBe(true);
  expect(JSON.parse(readFileSync(at('run', 'summary.json'), 'utf8')).status).toBe('stopped');

  const resumed = await runCommand('train', 'ppo', '--out', at('run'), '--resume', '--json');
  expect(resumed.status).toBe(0);
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'finished', steps: 12_800 });
  expect((await runCommand(...training, '--out', at('whole'))).status).toBe(0);
  for (const file of ['policy.safetensors', 'metrics.jsonl']) {
    expect(readFileSync(at('run', file)).equals(readFileSync(at('whole', file)))).toBe(true);
  }
});

test('Ctrl-C during a recording leaves no file and an earlier one whole', async () => {
  const record = ['record', at('whole'), '--out', at('demos.hdf5')];
  expect((await runCommand(...record, '--transitions', '100')).status).toBe(0);
  const before = readFileSync(at('demos.hdf5'));
  const command = startCommand(...record, '--transitions', '100000000');
  await command.said('transitions');
  command.process.kill('SIGINT');
  expect((await command.ended).status).toBe(130);
  expect(readFileSync(at('demos.hdf5')).equals(before)).toBe(true);
  expect(readdirSync(directory).sort()).toEqual(['demos.hdf5', 'run', 'whole']);
});

test('a reader that goes away ends the command without a complaint', async () => {
  const command = startCommand('bench', '--help');
  command.process.stdout?.destroy();
  const { status, stderr } = await command.ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
