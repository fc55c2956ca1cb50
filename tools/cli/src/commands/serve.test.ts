import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '@understudy/rollout';
import { expect, onTestFinished, test } from 'vitest';
import { runHere } from '../testing/recording-context.ts';
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

test('a policy is evaluated, recorded and drawn on a served environment as here', async () => {
  const { started } = await serve('--env', 'FetchReach-v4', '--env', 'CartPole-v1');
  const directory = mkdtempSync(join(tmpdir(), 'understudy-serve-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const run = join(directory, 'run');
  const settings = ['steps=32', 'minibatches=2', 'epochs=1', 'hiddenSizes=[8]'].flatMap((setting) => [
    '--set',
    setting,
  ]);
  await runHere('train', 'ppo', '--env', 'FetchReach-v4', '--steps', '32', '--out', run, ...settings);
  const address = ['--address', started.address];
  const both = (...argv: string[]) => Promise.all([runHere(...argv, ...address), runHere(...argv)]);

  const [there, here] = await both('eval', run, '--episodes', '2', '--json');
  expect(JSON.parse(there.printed[0])).toEqual(JSON.parse(here.printed[0]));
  // The infos of steps came, too.
  expect(JSON.parse(there.printed[0])).toMatchObject({ successRate: expect.any(Number) });

  for (const [name, flags] of [
    ['there', address],
    ['here', []],
  ] as const) {
    const out = (extension: string) => ['--out', join(directory, `${name}.${extension}`)];
    await runHere('record', run, '--episodes', '2', ...out('hdf5'), ...flags);
    const drawing = ['--seed', '1', '--frames', '3', '--steps', '5', '--size', '64x48'];
    await runHere('render', 'FetchReach-v4', ...out('png'), ...drawing, ...flags);
  }
  const bytesOf = (file: string) => readFileSync(join(directory, file)).toString('hex');
  expect(bytesOf('there.png')).toBe(bytesOf('here.png'));
  const { readD4rl } = await import('@understudy/d4rl');
  const [recordedThere, recordedHere] = await Promise.all(
    ['there', 'here'].map((name) => readD4rl(join(directory, `${name}.hdf5`))),
  );
  for (const column of ['observations', 'actions', 'rewards', 'terminals', 'timeouts'] as const) {
    expect(recordedThere[column], column).toEqual(recordedHere[column]);
  }

  const refusal = (...argv: string[]) => runHere(...argv, ...address).then(String, (error: Error) => error.message);
  expect(await refusal('eval', run, '--env', 'FetchPush-v4')).toMatch(
    /does not offer the environment FetchPush-v4; did you mean FetchReach-v4/,
  );
  expect(await refusal('eval', run, '--env', 'CartPole-v1')).toMatch(/can't act in CartPole-v1/);
  const chosen = ['render', 'CartPole-v1', '--out', join(directory, 'pole.png'), '--frames', '1', '--steps', '1'];
  const [own] = (await runHere(...chosen, ...address, '--json')).printed;
  expect(JSON.parse(own)).toMatchObject({ frames: 1, environment: 'CartPole-v1' });
}, 60_000);
