import { chmodSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import * as files from './d4rl-file.ts';
import { indexEpisodes, indexPath } from './episode-index.ts';
import { readD4rl } from './read-d4rl.ts';
import { recording } from './testing/recording.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { writeD4rl } from './write-d4rl.ts';

async function saved(steps: string, name = 'steps.hdf5', timeouts = true): Promise<string> {
  const path = join(scratchDirectory(), name);
  await writeD4rl(path, { ...recording(steps), ...(!timeouts && { timeouts: undefined }) });
  return path;
}

test('the index is what reading the file gives, and is kept for the next time', async () => {
  for (const steps of ['..T...C..T.C..', '....', 'T', 'CTCT']) {
    const path = await saved(steps);
    const { episodes } = await readD4rl(path);
    expect(await indexEpisodes(path)).toEqual(episodes);
    const kept = statSync(indexPath(path)).mtimeMs;
    const opened = vi.spyOn(files, 'openD4rl');
    expect(await indexEpisodes(path)).toEqual(episodes);
    expect(opened).not.toHaveBeenCalled();
    opened.mockRestore();
    expect(statSync(indexPath(path)).mtimeMs).toBe(kept);
  }
});

test('a kept index of another file, time, limit or content does not count', async () => {
  const path = await saved('..T...C..');
  await indexEpisodes(path);
  const kept = readFileSync(indexPath(path), 'utf8');
  writeFileSync(path, readFileSync(await saved('C.T...T..', 'same-size.hdf5')));
  expect((await indexEpisodes(path)).map(({ end }) => end)).toEqual([1, 3, 7, 9]);

  const other = await saved('..T...C..');
  for (const damage of [kept, '', 'null', '[]', kept.replace('"lengths":[3,4', '"lengths":[4,3')]) {
    writeFileSync(indexPath(other), damage);
    expect((await indexEpisodes(other)).map(({ end }) => end)).toEqual([3, 7, 9]);
  }
  utimesSync(other, 1, 1);
  expect(await indexEpisodes(other)).toHaveLength(3);
  expect(JSON.parse(readFileSync(indexPath(other), 'utf8')).modified).toBe(1000);

  const counted = await saved('.....T....', 'counted.hdf5', false);
  expect((await indexEpisodes(counted)).map(({ end }) => end)).toEqual([6, 10]);
  expect((await indexEpisodes(counted, { maxEpisodeSteps: 4 })).map(({ end }) => end)).toEqual([4, 6, 10]);
  await expect(indexEpisodes(counted, { maxEpisodeSteps: 0 })).rejects.toThrow('maxEpisodeSteps is 0');
});

test('where nothing can be kept, nothing is', async () => {
  const path = await saved('..T...C..');
  expect(await indexEpisodes(path, { cache: false })).toHaveLength(3);
  expect(existsSync(indexPath(path))).toBe(false);
  chmodSync(dirname(path), 0o555);
  expect(await indexEpisodes(path)).toHaveLength(3);
  chmodSync(dirname(path), 0o755);
  await expect(indexEpisodes(join(dirname(path), 'none.hdf5'))).rejects.toThrow('does not exist');
});
