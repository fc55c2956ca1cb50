import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openD4rl } from './d4rl-file.ts';
import { readD4rl } from './read-d4rl.ts';
import { fixture, scratchDirectory } from './testing/scratch.ts';

const chunked = fixture('chunked.hdf5');

test('a file cut into chunks is read as one, in the order of their numbers', async () => {
  const { transitions, rewards, observations, actions, terminals, episodes, timeoutsStored } = await readD4rl(chunked);
  const rows = [
    [0, 6],
    [1, 4],
    [2, 3],
    [10, 5],
  ].flatMap(([chunk, count]) => Array.from({ length: count }, (_, i) => 100 * chunk + i));
  expect(transitions).toBe(18);
  expect([...rewards]).toEqual(rows.map((at) => at + 0.5));
  expect([...observations]).toEqual(rows.flatMap((at) => [at, -at]));
  expect([...actions]).toEqual(rows.map((at) => at / 2));
  expect([...terminals].flatMap((flag, i) => (flag ? [i] : []))).toEqual([5, 9, 12, 17]);
  expect(episodes.length).toBe(4);
  expect(timeoutsStored).toBe(false);

  const file = await openD4rl(chunked);
  expect(file.columns.get('observations')?.shape).toEqual([18, 2]);
  expect([...(await file.read('rewards', 5, 11))]).toEqual(rows.slice(5, 11).map((at) => at + 0.5));
  file.close();
});

test('one chunk can be chosen, and one that is not there is refused', async () => {
  expect([...(await readD4rl(chunked, { chunk: 10 })).rewards]).toEqual([1000.5, 1001.5, 1002.5, 1003.5, 1004.5]);
  await expect(openD4rl(chunked, { chunk: 3 })).rejects.toThrow(
    'has no chunk 3: it has 0, 1, 2, 10, so choose another',
  );
  await expect(openD4rl(fixture('bool-enums.hdf5'), { chunk: 0 })).rejects.toThrow('it is not chunked');
});

test('chunks that do not fit each other are refused', async () => {
  const path = join(scratchDirectory(), 'odd.hdf5');
  const bytes = readFileSync(chunked);
  bytes.write('rewardz', bytes.lastIndexOf('rewards'), 'latin1');
  writeFileSync(path, bytes);
  await expect(openD4rl(path)).rejects.toThrow(
    /of chunks 0 and \d+ only one has "rewards", so choose one chunk|has no "rewards"/,
  );
});

test('a file of another environment is refused where one is expected', async () => {
  const path = fixture('bool-enums.hdf5');
  const expect_ = { name: 'hopper-medium-v2', observationSize: 11, actionSize: 3 };
  await expect(readD4rl(path, { expect: expect_ })).rejects.toThrow(
    /observations of 3 numbers and actions of 2, and hopper-medium-v2 11 and 3, so choose the file that belongs to it\.$/,
  );
  const fits = await openD4rl(path, { expect: { name: 'it', observationSize: 3 } });
  fits.close();
});
