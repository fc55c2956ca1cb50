import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, type QuickstartSettings } from './journal.ts';

const settings: QuickstartSettings = {
  environment: 'HalfCheetah-v5',
  seed: 0,
  steps: 1000,
  demonstrations: 2,
  epochs: 3,
  episodes: 4,
};
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a reopened journal knows what is finished and how long it took, interruptions included', () => {
  const first = Journal.open(join(directory, 'new'), settings);
  first.finish('expert', 10, { steps: 1000 });
  first.interrupt('demonstrations', 2);
  const second = Journal.open(join(directory, 'new'), { ...settings });
  expect(second.finished('expert')).toEqual({ seconds: 10, result: { steps: 1000 } });
  expect(second.finished('demonstrations')).toBeUndefined();
  second.finish('demonstrations', 3, {});
  expect(second.finished('demonstrations')?.seconds).toBe(5);
  expect(second.seconds).toBe(15);
});

test('a stage that runs again makes the later ones due again', () => {
  const journal = Journal.open(directory, settings);
  for (const stage of ['expert', 'demonstrations', 'clone', 'evaluation'] as const) journal.finish(stage, 1, {});
  journal.finish('demonstrations', 1, {});
  expect(journal.finished('expert')).toBeDefined();
  expect(journal.finished('clone')).toBeUndefined();
  expect(journal.finished('evaluation')).toBeUndefined();
});

test('other settings are refused in a sentence that names the difference', () => {
  Journal.open(directory, settings);
  expect(() => Journal.open(directory, { ...settings, steps: 2000, seed: 1 })).toThrow(
    /holds a quickstart with seed 0 instead of 1, steps 1000 instead of 2000: .*--fresh/,
  );
});

test('a fresh start removes what the quickstart made and nothing else', () => {
  Journal.open(directory, settings).finish('expert', 1, {});
  mkdirSync(join(directory, 'expert'));
  writeFileSync(join(directory, 'demos.hdf5'), '');
  writeFileSync(join(directory, 'notes.txt'), 'mine');
  const journal = Journal.open(directory, { ...settings, seed: 1 }, { fresh: true });
  expect(journal.finished('expert')).toBeUndefined();
  expect(readdirSync(directory).sort()).toEqual(['notes.txt', 'quickstart.json']);
});

test.each([{ fresh: false }, { fresh: true }])("a directory of somebody else's files is left alone (%o)", (options) => {
  writeFileSync(join(directory, 'expert'), 'mine');
  expect(() => Journal.open(directory, settings, options)).toThrow(/holds files that no quickstart made/);
  expect(readFileSync(join(directory, 'expert'), 'utf8')).toBe('mine');
  expect(existsSync(join(directory, 'quickstart.json'))).toBe(false);
});

test.each(['{"format":1,', '{"format":2}', '[]'])('a damaged journal is told in a sentence: %s', (text) => {
  writeFileSync(join(directory, 'quickstart.json'), text);
  expect(() => Journal.open(directory, settings)).toThrow(/is damaged or of another version: start over with --fresh/);
});
