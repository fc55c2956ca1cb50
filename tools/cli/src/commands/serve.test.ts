import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '@understudy/rollout';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand, startCommand } from '../testing/run-command.ts';

/** Starts a server at a port of the system's choice and waits until it serves. */
async function serve(...flags: string[]) {
  const running = startCommand('serve', '--bind', 'tcp://127.0.0.1:*', '--json', ...flags);
  onTestFinished(() => void running.process.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: running.process.stdout! }), 'line')) as [string];
  return { ...running, started: JSON.parse(line) };
}

test.each([['0'], ['1']])('environments are served until SIGTERM, with %s workers', async (workers) => {
  const { process: child, ended, started } = await serve('--env', 'CartPole-v1', '--workers', workers);
  expect(started).toMatchObject({ environments: ['CartPole-v1'], workers: Number(workers) });
  const client = await connect(started.address);
  expect(await client.list()).toEqual([{ id: 'CartPole-v1' }]);
  await expect(client.makeVector('Hopper-v5')).rejects.toThrow('it offers CartPole-v1');
  const env = await client.makeVector('CartPole-v1', { count: 3, seed: 0 });
  for (let i = 0; i < 4; i++) env.step(new Float32Array(3));
  expect([...env.rewards]).toEqual([1, 1, 1]);
  env.close();
  client.close();
  child.kill('SIGTERM');
  const { status, stdout } = await ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ stopped: true, steps: 12 });
});

test('what can not be served is refused in a sentence and status 2', async () => {
  const { started } = await serve('--env', 'CartPole-v1');
  const refusals = await Promise.all([
    runCommand('serve', '--bind', started.address),
    runCommand('serve', '--env', 'CartPol-v1'),
    runCommand('serve', '--bind', 'tcp://0.0.0.0:5555'),
    runCommand('serve', '--bind', '5555'),
    runCommand('serve', '--workers', '-1'),
  ]);
  expect(refusals.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2]);
  const sentences = refusals.map(({ stderr }) => stderr.trim());
  expect(sentences[0]).toMatch(/is in use; choose another port, or stop what listens there\.$/);
  expect(sentences[1]).toBe('--env: there is no environment "CartPol-v1"; did you mean CartPole-v1?');
  expect(sentences[2]).toContain('needs CURVE keys');
  expect(sentences[3]).toContain('expected tcp://HOST:PORT');
  expect(sentences[4]).toContain('--workers must be a whole number');
});

test('a training on served environments gives the same policy, byte for byte', async () => {
  const { started } = await serve('--env', 'InvertedPendulum-v5');
  const directory = mkdtempSync(join(tmpdir(), 'understudy-serve-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const train = async (name: string, ...flags: string[]) => {
    const out = join(directory, name);
    const settings = ['--set', 'envs=4', '--set', 'steps=64', '--set', 'minibatches=4', '--seed', '3'];
    const run = await runCommand(
      'train',
      'ppo',
      '--env',
      'InvertedPendulum-v5',
      '--steps',
      '1024',
      '--out',
      out,
      ...settings,
      ...flags,
    );
    expect(run).toMatchObject({ status: 0 });
    return readFileSync(join(out, 'policy.safetensors')).toString('hex');
  };
  expect(await train('served', '--address', started.address)).toBe(await train('here'));
  const nobody = await runCommand(
    'train',
    'ppo',
    '--env',
    'InvertedPendulum-v5',
    '--steps',
    '9',
    '--out',
    join(directory, 'x'),
    '--address',
    'tcp://127.0.0.1:1',
  );
  expect(nobody).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('No server answered at tcp://127.0.0.1:1'),
  });
});
