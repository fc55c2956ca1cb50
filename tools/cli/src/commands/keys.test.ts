import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRecordingContext } from '../testing/recording-context.ts';
import { addKeysCommands } from './keys.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function keys(...argv: string[]) {
  const context = createRecordingContext();
  const program = new Command().exitOverride();
  addKeysCommands(program, context);
  await program.parseAsync(['keys', ...argv], { from: 'user' });
  return context;
}

const own = () => join(directory, 'server');
const theirs = () => join(directory, 'laptop');

test('a pair is created, allowed, listed and revoked', async () => {
  await keys('create', 'server', '--dir', own());
  const created = JSON.parse(
    (await keys('create', 'alice', '--comment', 'her laptop', '--dir', theirs(), '--json')).printed[0],
  );
  expect(created).toEqual({
    name: 'alice',
    comment: 'her laptop',
    fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    secret: join(theirs(), 'alice.secret.json'),
    public: join(theirs(), 'alice.public.json'),
  });
  expect(statSync(created.secret).mode & 0o777).toBe(0o600);
  const allowed = await keys('allow', created.public, '--dir', own());
  expect(allowed.printed).toEqual([`Allowed alice, ${created.fingerprint}`]);
  const listed = JSON.parse((await keys('list', '--dir', own(), '--json')).printed[0]);
  expect(listed.own).toEqual([expect.objectContaining({ name: 'server' })]);
  expect(listed.allowed).toEqual([{ name: 'alice', comment: 'her laptop', fingerprint: created.fingerprint }]);
  expect((await keys('list', '--dir', own())).printed[0]).toContain('her laptop');
  await keys('revoke', created.fingerprint, '--dir', own());
  expect(readdirSync(join(own(), 'allowed'))).toEqual([]);
});

test('a key can be allowed under another name and comment, and nothing secret is printed or copied', async () => {
  const { printed } = await keys('create', 'client', '--dir', theirs());
  const file = join(theirs(), 'client.secret.json');
  const { secretKey } = JSON.parse(readFileSync(file, 'utf8'));
  await keys('allow', file, '--name', 'bob', '--comment', 'from the shed', '--dir', own());
  const copied = readFileSync(join(own(), 'allowed', 'bob.json'), 'utf8');
  expect(JSON.parse(copied)).toMatchObject({ name: 'bob', comment: 'from the shed', kind: 'public' });
  for (const text of [copied, ...printed]) expect(text).not.toContain(secretKey);
});

test('wrong inputs are told in a sentence', async () => {
  await expect(keys('allow', join(directory, 'none.json'))).rejects.toThrow(/There is no key file .*keys create/);
  await expect(keys('revoke', 'mallory', '--dir', own())).rejects.toThrow(
    'No key "mallory" is allowed; these are: none.',
  );
  await expect(keys('create', '../up', '--dir', own())).rejects.toThrow(/can't name a key/);
  await keys('create', 'server', '--dir', own());
  await expect(keys('create', 'server', '--dir', own())).rejects.toThrow(/already; choose another name/);
  chmodSync(join(own(), 'server.secret.json'), 0o644);
  await expect(keys('list', '--dir', own())).rejects.toThrow(/can be read by others/);
  expect((await keys('list', '--dir', directory)).printed).toEqual([`There are no keys in ${directory}.`]);
});
