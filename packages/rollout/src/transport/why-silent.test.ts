import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { allowKey, allowListPath, createKeyPair, createKeys, loadServerKeys, startZap } from '../security/index.ts';
import { ServerSocket } from './server-socket.ts';
import { whySilent } from './why-silent.ts';

const why = (address: string, curve?: Parameters<typeof whySilent>[0]['curve']) =>
  whySilent({ address, curve }, 'understudy serve');

/** Binds a server that answers nothing. */
async function bind(options: Partial<Parameters<typeof ServerSocket.bind>[0]> = {}): Promise<string> {
  const server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*', ...options });
  onTestFinished(() => server.close());
  return server.endpoint;
}

test('keys that were refused are told from keys that are missing or wrong', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-why-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  createKeys(directory, 'server');
  const { allowList, ...curve } = loadServerKeys(directory);
  const zap = await startZap({ allowList, log: () => {} });
  onTestFinished(() => zap.close());
  const address = await bind({ curve });
  const client = { serverKey: curve.publicKey, ...createKeyPair() };
  expect(await why(address, client)).toMatch(/refuses this client's key: allow its public key/);
  expect(await why(address)).toMatch(/needs keys/);
  expect(await why(address, { ...client, serverKey: createKeyPair().publicKey })).toMatch(/has another key than/);
  allowKey(allowListPath(directory), { name: 'client', comment: '', publicKey: client.publicKey });
  expect(await why(address, client)).toMatch(/is stuck, or does not/);
  expect(await why(await bind())).toMatch(/does not speak this protocol/);
  expect(await why(await bind(), client)).toMatch(/has no keys: leave them out/);
});

test('nobody, somebody else, and somebody who says nothing are told apart', async () => {
  expect(await why('tcp://127.0.0.1:1')).toBe(
    'nobody listens there: start one (understudy serve) or correct the address',
  );
  expect(await why('ipc:///tmp/understudy-nobody-is-here')).toMatch(/nobody listens there/);
  expect(await why('tcp://127.0.0.1:0')).toMatch(/nobody listens there/);
  const listen = async (answer: string | undefined) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => answer && socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  expect(await why(await listen('HTTP/1.1 400 Bad Request\r\n\r\n'))).toMatch(/speaks another protocol than ZeroMQ/);
  expect(await why(await listen(undefined))).toMatch(/says nothing/);
});
