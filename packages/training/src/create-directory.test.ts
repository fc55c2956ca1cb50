import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createDirectory } from './create-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'understudy-directories-'));
afterAll(() => rmSync(root, { recursive: true }));

test('missing parents are created, and an existing directory is left alone', () => {
  const path = join(root, 'a', 'b', 'c');
  createDirectory(path);
  createDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file in the way and a place where nothing can be created are told in a sentence', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => createDirectory(join(root, 'file'))).toThrow(/^Could not write .*: a file is in the way/);
  expect(() => createDirectory(join(root, 'file', 'below'))).toThrow(/^Could not write .*: a file is in the way/);
  if (process.platform === 'linux')
    expect(() => createDirectory('/proc/understudy/run')).toThrow(/^Could not write \/proc/);
});
