import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { curveKeyPair } from 'zeromq';
import { fingerprint, publicKeyOf } from './curve-key.ts';
import {
  allowKey,
  allowListPath,
  createKeys,
  listKeys,
  publicKeyPath,
  readAllowList,
  revokeKey,
  secretKeyPath,
} from './key-directory.ts';
import { readPublicKey, readSecretKey } from './key-file.ts';
import { loadClientKeys, loadServerKeys } from './load-keys.ts';
import { decodeKey, encodeKey } from './z85.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('Z85 is that of RFC 32, both ways', () => {
  const known = Buffer.from('864fd26fb559f75b'.repeat(4), 'hex');
  expect(encodeKey(known)).toBe('HelloWorld'.repeat(4));
  expect(Buffer.from(decodeKey('HelloWorld'.repeat(4))!)).toEqual(known);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      expect(decodeKey(encodeKey(key))).toEqual(key);
    }),
  );
  expect(decodeKey('HelloWorld')).toBeUndefined();
  expect(decodeKey('~elloWorld'.repeat(4))).toBeUndefined();
  // 85^5 - 1 is more than four bytes hold.
  expect(decodeKey('#'.repeat(40))).toBeUndefined();
});

test('the public key of a secret one is the one that libzmq made', () => {
  for (let i = 0; i < 5; i++) {
    const { publicKey, secretKey } = curveKeyPair();
    expect(publicKeyOf(secretKey)).toBe(publicKey);
  }
});

test('keys are written for their owner only and read back as they were', () => {
  const key = createKeys(directory, 'server', 'the one in the cellar');
  expect(readSecretKey(secretKeyPath(directory, 'server'))).toEqual(key);
  const { secretKey, ...shown } = key;
  expect(readPublicKey(publicKeyPath(directory, 'server'))).toEqual(shown);
  expect(readPublicKey(secretKeyPath(directory, 'server'))).toEqual(shown);
  expect(readdirSync(directory).sort()).toEqual(['server.public.json', 'server.secret.json']);
  expect(readFileSync(publicKeyPath(directory, 'server'), 'utf8')).not.toContain(secretKey);
  for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
  expect(loadServerKeys(directory)).toEqual({
    publicKey: key.publicKey,
    secretKey,
    allowList: allowListPath(directory),
  });
  const client = createKeys(directory, 'client');
  expect(loadClientKeys(directory)).toEqual({
    serverKey: key.publicKey,
    publicKey: client.publicKey,
    secretKey: client.secretKey,
  });
  expect(listKeys(directory).map(({ name }) => name)).toEqual(['client', 'server']);
});

test('a name is never written over, and leads nowhere else', () => {
  const { publicKey } = createKeys(directory, 'server');
  expect(() => createKeys(directory, 'server')).toThrow(/a key named server in .* already/);
  expect(readPublicKey(publicKeyPath(directory, 'server')).publicKey).toBe(publicKey);
  for (const name of ['../server', '', '.hidden', 'a/b', 'a b', 'x'.repeat(65)]) {
    expect(() => createKeys(directory, name)).toThrow(/can't name a key/);
  }
});

test.each([0o640, 0o604, 0o660, 0o644])('a secret key of mode %o is refused', (mode) => {
  createKeys(directory, 'server');
  chmodSync(secretKeyPath(directory, 'server'), mode);
  expect(() => loadServerKeys(directory)).toThrow(
    new RegExp(`can be read by others \\(mode ${mode.toString(8)}\\): run chmod 600`),
  );
});

test('what is no key is refused in a sentence that repeats no secret', () => {
  const path = secretKeyPath(directory, 'server');
  expect(() => readSecretKey(path)).toThrow(/There is no key file .*; create one with understudy keys create/);
  const { secretKey } = createKeys(directory, 'server');
  const good = JSON.parse(readFileSync(path, 'utf8'));
  const cases: [unknown, RegExp][] = [
    [{ ...good, secretKey: secretKey.slice(1) }, /The secret key in .* is no CURVE key/],
    [{ ...good, publicKey: `~${good.publicKey.slice(1)}` }, /The public key in .* is no CURVE key/],
    [{ ...good, secretKey: curveKeyPair().secretKey }, /is not that of its secret key/],
    [{ ...good, kind: 'public' }, /holds no secret key/],
    [{ ...good, version: 2 }, /holds no secret key/],
    [{ ...good, more: 1 }, /holds no secret key/],
    [[], /holds no secret key/],
    ['x'.repeat(5_000), /too large for a key/],
  ];
  for (const [content, complaint] of cases) {
    writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
    expect(() => readSecretKey(path)).toThrow(complaint);
    expect(() => readSecretKey(path)).toThrow(expect.objectContaining({ code: 'UNDERSTUDY_INPUT' }));
    expect(() => readSecretKey(path)).not.toThrow(new RegExp(secretKey.slice(1, 9).replaceAll(/\W/g, '\\$&')));
  }
  writeFileSync(path, '{"kind": "sec');
  expect(() => readSecretKey(path)).toThrow(/holds no secret key/);
});

test('the allow-list names each key once, and a file that is no key allows nobody', () => {
  const allowList = allowListPath(directory);
  expect(readAllowList(allowList)).toEqual({ keys: [], problems: [] });
  const alice = createKeys(directory, 'alice');
  const bob = createKeys(directory, 'bob');
  allowKey(allowList, readPublicKey(publicKeyPath(directory, 'alice')));
  allowKey(allowList, alice);
  expect(() => allowKey(allowList, { ...bob, name: 'alice' })).toThrow(/Another key is allowed as alice/);
  expect(() => allowKey(allowList, { ...alice, name: 'also-alice' })).toThrow(/allowed already, as alice/);
  allowKey(allowList, bob);
  expect(readdirSync(allowList).every((file) => !readFileSync(join(allowList, file), 'utf8').includes('secret'))).toBe(
    true,
  );
  writeFileSync(join(allowList, 'mallory.json'), '{}');
  writeFileSync(join(allowList, 'trudy.json'), readFileSync(publicKeyPath(directory, 'alice')));
  writeFileSync(join(allowList, 'README'), 'not looked at');
  const { keys, problems } = readAllowList(allowList);
  expect(keys.map(({ name }) => name)).toEqual(['alice', 'bob']);
  expect(problems).toEqual([
    expect.stringContaining('mallory.json holds no public key'),
    expect.stringContaining('name the file alice.json'),
  ]);
  expect(revokeKey(allowList, fingerprint(alice.publicKey)).name).toBe('alice');
  expect(revokeKey(allowList, 'bob').name).toBe('bob');
  expect(() => revokeKey(allowList, 'bob')).toThrow('No key "bob" is allowed; these are: none.');
  expect(readAllowList(allowList).keys).toEqual([]);
});
