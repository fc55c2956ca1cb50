import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomically } from './atomic-file.ts';
import { explainingFileErrors } from './file-errors.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

test('a file is replaced whole and nothing is left beside it', () => {
  const directory = temporaryDirectory();
  writeFileAtomically(join(directory, 'a'), 'first');
  writeFileAtomically(join(directory, 'a'), Uint8Array.of(50));
  expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('2');
  expect(readdirSync(directory)).toEqual(['a']);
});

test('when writing fails the earlier file stays and nothing is left beside it', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'a'));
  writeFileSync(join(directory, 'a', 'inner'), 'x');
  expect(() => writeFileAtomically(join(directory, 'a'), 'new')).toThrow(/Could not write .*a: .*directory/);
  expect(readdirSync(directory)).toEqual(['a']);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is an error of one sentence that says what to do', () => {
  expect(() => explainingFileErrors('write', '/dev/full', () => writeFileSync('/dev/full', 'x'))).toThrow(
    expect.objectContaining({
      name: 'InputError',
      message: 'Could not write /dev/full: no space is left on the device; free some and start it again.',
    }),
  );
});

test('other errors are bugs and pass as they are', () => {
  expect(() =>
    explainingFileErrors('read', 'x', () => {
      throw new TypeError('bug');
    }),
  ).toThrow(TypeError);
});
