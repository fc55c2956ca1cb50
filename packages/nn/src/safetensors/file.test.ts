import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from './file.ts';
import { tensorOf } from './tensor.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'understudy-nn-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const tensors = new Map([['x', tensorOf(Float32Array.of(1, 2, 3))]]);

test('a file is written, read back and replaced, and nothing else is left', async () => {
  const path = join(directory, 'model.safetensors');
  await writeSafetensors(path, tensors, { step: '1' });
  await writeSafetensors(path, tensors, { step: '2' });
  const content = await readSafetensors(path);
  expect(content.tensors).toEqual(tensors);
  expect(content.metadata).toEqual({ step: '2' });
  expect(await readdir(directory)).toEqual(['model.safetensors']);
});

test('content that cannot be stored leaves the old file whole', async () => {
  const path = join(directory, 'model.safetensors');
  await writeSafetensors(path, tensors);
  const before = await readFile(path);
  const wrong = writeSafetensors(path, [['x', tensorOf(Float32Array.of(1), [2])]]);
  expect(isInputError(await wrong.catch((error) => error))).toBe(true);
  expect(await readFile(path)).toEqual(before);
});

test('a place that cannot be written to is named, and no partial file stays', async () => {
  await mkdir(join(directory, 'taken'));
  const places = { taken: /directory/, 'absent/model': /no such file or directory/ };
  for (const [place, reason] of Object.entries(places)) {
    const path = join(directory, place);
    const error = await writeSafetensors(path, tensors).catch((caught) => caught);
    expect(isInputError(error)).toBe(true);
    expect(error.message).toContain(path);
    expect(error.message).toMatch(reason);
  }
  expect(await readdir(directory)).toEqual(['taken']);
});

test('many writes of one file at the same time leave one of them whole', async () => {
  const path = join(directory, 'model.safetensors');
  const writes = Array.from({ length: 8 }, (_, i) =>
    writeSafetensors(path, [['x', tensorOf(new Float32Array(5000).fill(i))]], { by: `${i}` }),
  );
  await Promise.all(writes);
  const content = await readSafetensors(path);
  const values = content.tensors.get('x')?.data as Float32Array;
  expect(values.every((value) => value === Number(content.metadata.by))).toBe(true);
  expect(await readdir(directory)).toEqual(['model.safetensors']);
});

test('a file that is missing, a directory or cut in half is refused by name', async () => {
  const path = join(directory, 'model.safetensors');
  await writeSafetensors(path, tensors);
  const bytes = await readFile(path);
  const half = join(directory, 'half.safetensors');
  await writeFile(half, bytes.subarray(0, bytes.length / 2));
  for (const wrong of [join(directory, 'absent'), directory, half]) {
    const error = await readSafetensors(wrong).catch((caught) => caught);
    expect(isInputError(error)).toBe(true);
    expect(error.message).toContain(wrong);
  }
});
