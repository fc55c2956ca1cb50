import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { make } from '@understudy/envs';
import { SyncVectorEnv } from '@understudy/gym';
import {
  allowKey,
  allowListPath,
  connect,
  createKeys,
  fingerprint,
  loadClientKeys,
  publicKeyPath,
  readPublicKey,
  revokeKey,
} from '@understudy/rollout';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startUnderstudy, temporaryDirectory } from './run-understudy.ts';

/** The built command serving with keys, and what it wrote to stderr. */
async function serveWithKeys(keys: string) {
  const server = startUnderstudy(
    'serve',
    ...['--env', 'CartPole-v1', '--bind', 'tcp://127.0.0.1:*', '--keys', keys, '--json'],
  );
  onTestFinished(() => void server.kill('SIGKILL'));
  let notes = '';
  server.stderr.on('data', (text) => {
    notes += text;
  });
  const [line] = await once(createInterface(server.stdout), 'line');
  return { server, address: JSON.parse(line).address as string, notes: () => notes };
}

test('a server with keys lets listed clients in, cuts off one that is revoked, and disturbs no other', {
  timeout: 60_000,
}, async () => {
  const directory = temporaryDirectory();
  const [server, clients] = [join(directory, 'server'), join(directory, 'clients')];
  createKeys(server, 'server');
  for (const name of ['alice', 'bob', 'mallory']) createKeys(clients, name);
  const keysOf = (name: string) => loadClientKeys(clients, { name, serverKeyFile: publicKeyPath(server, 'server') });
  const allow = (name: string) => allowKey(allowListPath(server), readPublicKey(publicKeyPath(clients, name)));
  allow('alice');
  const { server: process, address, notes } = await serveWithKeys(server);
  allow('bob');

  const short = { connectSeconds: 1.5, requestSeconds: 4, retrySeconds: 0.3 };
  const enter = async (name: string, requestSeconds = 4) => {
    const client = await connect(address, { ...short, requestSeconds, curve: keysOf(name) });
    const env = await client.makeAsyncVector('CartPole-v1', { count: 2, seed: 3 });
    client.close();
    return env;
  };
  const [alice, bob] = [await enter('alice', 30), await enter('bob')];
  const local = new SyncVectorEnv([await make('CartPole-v1'), await make('CartPole-v1')]);
  local.reset({ seed: 3 });
  const step = async () => {
    const actions = Float32Array.of(0, 1);
    local.step(actions);
    await alice.step(actions);
    expect(alice.rows.observations).toEqual(local.observations);
  };
  await step();
  await bob.step(Float32Array.of(0, 1));

  await expect(connect(address, { ...short, curve: keysOf('mallory') })).rejects.toThrow(/No server answered/);
  await expect(connect(address, short)).rejects.toThrow(/No server answered/);
  const { publicKey } = revokeKey(allowListPath(server), 'bob');
  await vi.waitFor(
    async () => expect(await bob.step(Float32Array.of(0, 1)).then(String, String)).toMatch(/did not answer|unknown/),
    { timeout: 20_000 },
  );
  for (let i = 0; i < 5; i++) await step();
  const { publicKey: unlisted } = keysOf('mallory');
  expect(notes()).toContain(`with the key ${fingerprint(unlisted)}: its key is not on the allow-list`);
  expect(notes()).toContain(`with the key ${fingerprint(publicKey)}: its key is not on the allow-list`);
  expect(notes()).toMatch(/Refused a peer: it has no key, or that of another server/);
  await alice.close();
  process.kill('SIGTERM');
  expect((await once(process, 'exit'))[0]).toBe(0);
});
