import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { qlearningDataset, readD4rl, sequenceDataset } from '@understudy/d4rl';
import { expect, test } from 'vitest';
import type { Expert } from './expert.ts';
import { type MakeExpertDataOptions, makeExpertData, workDirectory } from './make-expert-data.ts';
import { modesPath, readModes } from './modes-file.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { TwoWaysEnv } from './testing/two-ways-env.ts';
import { twoWays, twoWaysExpert, twoWaysSource } from './testing/two-ways-task.ts';

/** Makes a dataset of the toy task in `directory`. */
function makeData(directory: string, options: Partial<MakeExpertDataOptions> = {}, expert?: Expert) {
  const file = join(directory, 'demos.hdf5');
  return makeExpertData(twoWays, new TwoWaysEnv(), twoWaysSource(expert), {
    file,
    directory: workDirectory(file),
    amount: { unit: 'episodes', count: 60 },
    seed: 3,
    ...options,
  });
}

/** Makes the same, but stops once so many episodes are there: what there is then lies in the work directory. */
async function stopAfter(directory: string, episodes: number): Promise<void> {
  const controller = new AbortController();
  const onProgress = (done: { episodes: number }) => done.episodes === episodes && controller.abort();
  expect(await makeData(directory, { signal: controller.signal, onProgress })).toBeUndefined();
}

const bytes = (directory: string) =>
  ['demos.hdf5', 'demos.modes.json'].map((name) => readFileSync(join(directory, name)));

test('episodes of all modes are mixed, and nothing in the dataset tells which is which', async () => {
  const directory = scratchDirectory();
  const made = await makeData(directory);
  const dataset = await readD4rl(join(directory, 'demos.hdf5'));
  expect(dataset.transitions).toBe(60 * 20);
  expect(dataset.episodes.every(({ start, end }) => end - start === 20)).toBe(true);
  expect(Object.keys(dataset.infos)).toEqual([]);
  expect(dataset.metadata).toEqual({ algorithm: 'scripted', environment: 'TwoWays-v0', seed: 3, deterministic: true });
  expect(JSON.stringify(Object.keys(qlearningDataset(dataset)))).not.toContain('mode');
  for (const sequence of sequenceDataset(dataset)) expect(Object.keys(sequence)).not.toContain('mode');
  const { episodes } = await readModes(join(directory, 'demos.hdf5'));
  expect(made?.episodes).toEqual(episodes);
  dataset.episodes.forEach(({ start }, i) => {
    expect(dataset.actions[start]).toBe(episodes[i].mode === 1 ? 1 : -1);
    expect(episodes[i].return).toBe(20);
  });
  expect(episodes.filter(({ mode }) => mode === 1)).toHaveLength(30);
  expect(episodes.slice(0, 20).map(({ mode }) => mode)).not.toEqual(Array.from({ length: 20 }, (_, i) => i % 2));
  const starts = new Set(dataset.episodes.map(({ start }) => dataset.observations[start]));
  expect(starts.size).toBe(60);
});

test('a recording that was stopped goes on with the same bytes, and a whole one is left as it is', async () => {
  const [whole, stopped] = [scratchDirectory(), scratchDirectory()];
  await makeData(whole);
  const expected = bytes(whole);
  let acted = 0;
  const counting = (limit: number, controller: AbortController): Expert => ({
    ...twoWaysExpert(),
    act(moment) {
      if (++acted === limit) controller.abort();
      return Float32Array.of(moment.mode === 1 ? 1 : -1);
    },
  });
  for (const limit of [1, 30, 700]) {
    acted = 0;
    const controller = new AbortController();
    expect(await makeData(stopped, { signal: controller.signal }, counting(limit, controller))).toBeUndefined();
    expect(existsSync(join(stopped, 'demos.hdf5'))).toBe(false);
  }
  acted = 0;
  await makeData(stopped, {}, counting(Number.POSITIVE_INFINITY, new AbortController()));
  expect(acted).toBeLessThan(60 * 20 - 700 + 20);
  expect(bytes(stopped)).toEqual(expected);
  acted = 0;
  await makeData(stopped, {}, counting(Number.POSITIVE_INFINITY, new AbortController()));
  expect(acted).toBe(0);
});

test('a killed process loses no block that was written, and its half of one is overwritten', async () => {
  const [whole, killed] = [scratchDirectory(), scratchDirectory()];
  await makeData(whole);
  const expected = bytes(whole);
  const episodes = join(workDirectory(join(killed, 'demos.hdf5')), 'demos.hdf5.episodes');
  for (const count of [10, 25]) await stopAfter(killed, count);
  const blocks = readdirSync(episodes)
    .filter((name) => name.startsWith('block'))
    .sort();
  expect(blocks).toHaveLength(2);
  // As if killed after the block, before the index that counts it.
  const index = JSON.parse(readFileSync(join(episodes, 'index.json'), 'utf8'));
  index.blocks.pop();
  writeFileSync(join(episodes, 'index.json'), JSON.stringify(index));
  writeFileSync(join(episodes, blocks[1]), 'half');
  await makeData(killed);
  expect(bytes(killed)).toEqual(expected);
  expect(readdirSync(killed).sort()).toEqual(['demos.hdf5', 'demos.modes.json']);
});

test('recordings of other experts, seeds or modes are not mixed in', async () => {
  const [reused, fresh] = [scratchDirectory(), scratchDirectory()];
  const changes: [Partial<MakeExpertDataOptions>, Expert?][] = [
    [{ seed: 4 }],
    [{ modes: [1] }],
    [{ precision: 'float64' }],
    [{}, { ...twoWaysExpert('weaker'), act: ({ mode }) => Float32Array.of(mode === 1 ? 0.5 : -0.5) }],
  ];
  for (const [options, expert] of changes) {
    await stopAfter(reused, 10);
    await makeData(reused, options, expert);
    await makeData(fresh, options, expert);
    expect(bytes(reused)).toEqual(bytes(fresh));
    for (const name of ['demos.hdf5', 'demos.modes.json']) rmSync(join(reused, name));
  }
});

test('transitions cut the last episode, and more of them begin with the fewer', async () => {
  const directory = scratchDirectory();
  await makeData(directory, { amount: { unit: 'transitions', count: 110 } });
  const cut = await readD4rl(join(directory, 'demos.hdf5'));
  expect(cut.transitions).toBe(110);
  expect(cut.episodes.map(({ start, end }) => end - start)).toEqual([20, 20, 20, 20, 20, 10]);
  expect(cut.episodes.at(-1)?.complete).toBe(false);
  const { episodes, transitions } = await readModes(join(directory, 'demos.hdf5'));
  expect([episodes.length, transitions]).toEqual([6, 110]);
  await makeData(directory, { amount: { unit: 'transitions', count: 130 } });
  const more = await readD4rl(join(directory, 'demos.hdf5'));
  expect(more.observations.subarray(0, 110)).toEqual(cut.observations);
});

test('modes of another recording than the dataset are refused', async () => {
  const directory = scratchDirectory();
  const file = join(directory, 'demos.hdf5');
  await makeData(directory, { amount: { unit: 'episodes', count: 2 } });
  writeFileSync(file, 'another');
  await expect(readModes(file)).rejects.toThrow('tells the modes of another recording');
  writeFileSync(modesPath(file), '{');
  await expect(readModes(file)).rejects.toThrow('is missing or damaged');
  rmSync(modesPath(file));
  await expect(readModes(file)).rejects.toThrow('is missing or damaged');
});

test('an amount of nothing is refused', async () => {
  const nothing = makeData(scratchDirectory(), { amount: { unit: 'episodes', count: 0 } });
  await expect(nothing).rejects.toThrow('0 episodes were asked for');
});
