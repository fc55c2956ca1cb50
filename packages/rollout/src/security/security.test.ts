import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dealer, Request } from 'zeromq';
import { type CurveClientKeys, ServerSocket } from '../transport/index.ts';
import { createKeyPair, fingerprint } from './curve-key.ts';
import { allowKey, allowListPath, createKeys, revokeKey } from './key-directory.ts';
import { loadServerKeys } from './load-keys.ts';
import { RefusalLog, watchHandshakes } from './refusal-log.ts';
import { startZap, type ZapHandler } from './zap-handler.ts';

let directory: string;
let lines: string[];
let revoked: string[];
let zap: ZapHandler;
let server: ServerSocket;
let arrived: string[];
const open: { close(): void }[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-security-'));
  lines = [];
  revoked = [];
  arrived = [];
  createKeys(directory, 'server');
  const { allowList, ...curve } = loadServerKeys(directory);
  const log = new RefusalLog((line) => lines.push(line));
  const onRevoked = (keys: readonly { name: string }[]) => revoked.push(...keys.map(({ name }) => name));
  zap = await startZap({ allowList, log, onRevoked, pollMilliseconds: 20 });
  server = await ServerSocket.bind({ address: 'tcp://127.0.0.1:*', curve });
  watchHandshakes(server.router!, log);
  void echo(server);
});

afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  server.close();
  await zap.close();
  rmSync(directory, { recursive: true });
});

async function echo(socket: ServerSocket): Promise<void> {
  for await (const { peer, frames } of socket) {
    arrived.push(frames.map(String).join());
    await socket.send(peer, frames);
  }
}

/** A raw socket, with keys or other options of its own. */
function dealer(options: ConstructorParameters<typeof Dealer>[0]): Dealer {
  const socket = new Dealer({ linger: 0, sendTimeout: 0, receiveTimeout: 400, ...options });
  socket.connect(server.endpoint);
  open.push(socket);
  return socket;
}

const curveOptions = ({ serverKey, publicKey, secretKey }: CurveClientKeys) => ({
  curveServerKey: serverKey,
  curvePublicKey: publicKey,
  curveSecretKey: secretKey,
});

const serverKey = () => loadServerKeys(directory).publicKey;

/** Sends through a socket; resolves to the echo. */
async function exchange(socket: Dealer, text: string): Promise<string | undefined> {
  await socket.send(text);
  const reply = await socket.receive().catch(() => undefined);
  return reply?.map(String).join();
}

function allowedClient(name: string): CurveClientKeys {
  const { publicKey, secretKey } = createKeys(directory, name);
  allowKey(allowListPath(directory), { name, comment: '', publicKey });
  return { serverKey: serverKey(), publicKey, secretKey };
}

test('a listed key gets through, over and over', async () => {
  const keys = allowedClient('alice');
  for (let i = 0; i < 3; i++) expect(await exchange(dealer(curveOptions(keys)), `hello ${i}`)).toBe(`hello ${i}`);
  expect(lines).toEqual([]);
});

test('an unlisted key is refused and logged with address and fingerprint', async () => {
  allowedClient('alice');
  const stranger = createKeyPair();
  const socket = dealer(curveOptions({ serverKey: serverKey(), ...stranger }));
  expect(await exchange(socket, 'let me in')).toBeUndefined();
  expect(arrived).toEqual([]);
  expect(lines[0]).toBe(
    `Refused a peer from 127.0.0.1 with the key ${fingerprint(stranger.publicKey)}: its key is not on the allow-list.`,
  );
});

test.each([
  ['no key (NULL)', () => ({})],
  ['PLAIN', () => ({ plainUsername: 'admin', plainPassword: 'secret' })],
  ['another server’s key', () => curveOptions({ ...allowedClient('bob'), serverKey: createKeyPair().publicKey })],
  [
    'a secret key that is not that of a listed public key',
    () => curveOptions({ ...allowedClient('carol'), secretKey: createKeyPair().secretKey }),
  ],
])('a peer with %s is refused and logged', async (_, options) => {
  const socket = dealer(options());
  expect(await exchange(socket, 'let me in')).toBeUndefined();
  await vi.waitFor(() =>
    expect(lines.join('\n')).toMatch(/^Refused a peer: it has no key, or that of another server/m),
  );
  expect(arrived).toEqual([]);
});

test.each([
  ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(4))],
  ['zeros', Buffer.alloc(200)],
  [
    'a ZMTP 3.1 greeting with NULL, and a message of 2 GB behind it',
    Buffer.concat([
      Buffer.from('ff00000000000000017f0301', 'hex'),
      Buffer.from('NULL'.padEnd(20, '\0')),
      Buffer.alloc(32),
      Buffer.from('020000000080000000', 'hex'),
      Buffer.alloc(100),
    ]),
  ],
  [
    'a ZMTP 3.1 greeting with CURVE, and garbage behind it',
    Buffer.concat([
      Buffer.from('ff00000000000000017f0301', 'hex'),
      Buffer.from('CURVE'.padEnd(20, '\0')),
      Buffer.alloc(32),
      Buffer.from('04ff', 'hex'),
      Buffer.alloc(300, 7),
    ]),
  ],
])('a bare TCP peer that sends %s is cut off and logged; others go on', async (_, bytes) => {
  const socket = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  await vi.waitFor(() => expect(lines.join('\n')).toMatch(/^Refused a peer: /m));
  expect(await exchange(dealer(curveOptions(allowedClient('dave'))), 'me')).toBe('me');
});

test('a key that is allowed or revoked while the server runs is let in or refused at its next connection', async () => {
  const keys = createKeyPair();
  const client = { serverKey: serverKey(), ...keys };
  expect(await exchange(dealer(curveOptions(client)), 'early')).toBeUndefined();
  const key = { name: 'erin', comment: '', publicKey: keys.publicKey };
  allowKey(allowListPath(directory), key);
  const connected = dealer(curveOptions(client));
  expect(await exchange(connected, 'now')).toBe('now');
  revokeKey(allowListPath(directory), 'erin');
  await vi.waitFor(() => expect(revoked).toEqual(['erin']));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(fingerprint(keys.publicKey));
  const { count } = zap.refusals;
  expect(await exchange(dealer(curveOptions(client)), 'late')).toBeUndefined();
  expect(zap.refusals.count).toBeGreaterThan(count);
  allowKey(allowListPath(directory), key);
  expect(await exchange(dealer(curveOptions(client)), 'again')).toBe('again');
});

test('without a handler nobody gets in, listed or not', async () => {
  const keys = allowedClient('frank');
  await zap.close();
  expect(await exchange(dealer(curveOptions(keys)), 'anyone?')).toBeUndefined();
  expect(arrived).toEqual([]);
});

test('a process has one handler at a time', async () => {
  const options = { allowList: allowListPath(directory), log: () => {} };
  await expect(startZap(options)).rejects.toThrow(/one in a process/);
  await zap.close();
  zap = await startZap(options);
});

test.each([
  ['another version', ['2.0', '1', 'understudy', '1.2.3.4', '', 'CURVE', Buffer.alloc(32)], '500'],
  ['credentials that are no key', ['1.0', '1', 'understudy', '1.2.3.4', '', 'CURVE', Buffer.alloc(31)], '500'],
  ['two credentials', ['1.0', '1', 'understudy', '', '', 'CURVE', Buffer.alloc(32), Buffer.alloc(32)], '500'],
  ['an endless frame', ['1.0', '1', 'understudy', '1.2.3.4', Buffer.alloc(256), 'CURVE', Buffer.alloc(32)], '500'],
  ['another domain', ['1.0', '1', 'global', '1.2.3.4', '', 'CURVE', Buffer.alloc(32)], '400'],
  ['NULL', ['1.0', '1', 'understudy', '1.2.3.4', '', 'NULL'], '400'],
  ['PLAIN', ['1.0', '1', 'understudy', '1.2.3.4', '', 'PLAIN', 'admin', 'secret'], '400'],
])('a ZAP request with %s is refused', async (_, frames, status) => {
  const asker = new Request({ linger: 0, receiveTimeout: 1_000 });
  open.push(asker);
  asker.connect('inproc://zeromq.zap.01');
  await asker.send(frames);
  const [version, id, code, , user, metadata] = (await asker.receive()).map(String);
  expect([version, id, code, user, metadata]).toEqual(['1.0', '1', status, '', '']);
  expect(zap.refusals.count).toBe(1);
});

test('a flood of refusals fills no log, and the number of those left out is told', () => {
  const told: string[] = [];
  let now = 0;
  const log = new RefusalLog(
    (line) => told.push(line),
    () => now,
  );
  for (let i = 0; i < 1_000; i++) log.add({ reason: `no\n\x1b[2J ${i}` });
  expect(told).toHaveLength(20);
  expect(told[0]).toBe('Refused a peer: no??[2J 0.');
  now = 1;
  log.add({ reason: 'no' });
  expect(told.at(-1)).toBe('Refused a peer: no (980 more were refused before).');
  expect(log.count).toBe(1_001);
});

test('who knocks again and again is told once in a while, and hides no other', () => {
  const told: string[] = [];
  let now = 0;
  const log = new RefusalLog(
    (line) => told.push(line),
    () => now,
  );
  for (; now < 9; now += 0.05) log.add({ reason: 'again' });
  log.add({ reason: 'other', address: '192.0.2.1' });
  expect(told).toEqual(['Refused a peer: again.', 'Refused a peer from 192.0.2.1: other.']);
  now = 11;
  log.add({ reason: 'again' });
  expect(told[2]).toMatch(/^Refused a peer: again \(1[78]\d more were refused before\)\.$/);
});
