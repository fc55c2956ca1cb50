import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driftModule } from '@understudy/gym/testing/vector-forms';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect, connectInProcess } from '../client/index.ts';
import { allowKey, allowListPath, createKeys, loadServerKeys, revokeKey, startZap } from '../security/index.ts';
import { ThreadServer } from './thread-server.ts';

const environments = [{ id: 'Drift-v0' }];

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-thread-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('a server in a thread has keys: the handler of this thread lets in who is listed, until it is revoked', async () => {
  const directory = temporaryDirectory();
  createKeys(directory, 'server');
  const { allowList, ...curve } = loadServerKeys(directory);
  let server: ThreadServer | undefined;
  const onRevoked = () => void server?.rebind();
  const zap = await startZap({ allowList, log: () => {}, onRevoked, pollMilliseconds: 20 });
  onTestFinished(() => zap.close());
  server = await ThreadServer.start({ address: 'tcp://127.0.0.1:*', environments, module: driftModule, curve });
  onTestFinished(() => server?.stop());
  const { address } = server;
  const [alice, mallory] = ['alice', 'mallory'].map((name) => {
    const { publicKey, secretKey } = createKeys(directory, name);
    return { serverKey: curve.publicKey, publicKey, secretKey };
  });
  allowKey(allowListPath(directory), { name: 'alice', comment: '', publicKey: alice.publicKey });
  const quick = { connectSeconds: 2, requestSeconds: 1, retrySeconds: 0.3 };
  const client = await connect(address, { ...quick, curve: alice });
  onTestFinished(() => client.close());
  expect(await client.list()).toEqual(environments);
  const briefly = { connectSeconds: 0.3 };
  await expect(connect(address, { ...briefly, curve: mallory })).rejects.toThrow(/refuses this client's key/);
  await expect(connect(address, briefly)).rejects.toThrow(/needs keys/);
  const env = await client.makeAsyncVector('Drift-v0', { seed: 0 });
  await env.step(new Float32Array(2));
  revokeKey(allowListPath(directory), 'alice');
  await vi.waitFor(async () => {
    const failure = await env.step(new Float32Array(2)).then(String, String);
    expect(failure).toMatch(/did not answer within 1 s; the server there refuses this client's key/);
  }, 10_000);
  expect((await server.figures()).sessions).toBe(1);
}, 20_000);

test('a client in the same process needs no keys, and its folder goes with the process', async () => {
  const curve = { publicKey: '', secretKey: '' };
  const given = { environments, module: driftModule, curve };
  await expect(connectInProcess(given)).rejects.toThrow('connectInProcess takes no keys');
  const TMPDIR = temporaryDirectory();
  const script = `
    const { connectInProcess } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
    const options = { environments: [{ id: 'Drift-v0' }], module: ${JSON.stringify(driftModule)} };
    const [left, closed] = await Promise.all([connectInProcess(options), connectInProcess(options)]);
    await closed.close();
    const folders = (await import('node:fs')).readdirSync(process.env.TMPDIR);
    // As text: numbers alone may be printed in colours.
    console.log([folders.length, (await left.client.list()).length].join(' '));
    process.exit(3);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR },
  });
  // What is torn down while it waits at a socket would abort the process.
  expect({ stdout, stderr, status }).toEqual({ stdout: '1 1\n', stderr: '', status: 3 });
  expect(readdirSync(TMPDIR)).toEqual([]);
});
