import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hdf5File } from '@understudy/d4rl/hdf5';
import { Box, Dict, Discrete, Tuple } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { copyEpisodes, describeCombination, splitEpisodes } from './combine.ts';
import { compareDatasetIds, formatDatasetId, parseDatasetId } from './dataset-id.ts';
import { formatEnvSpec } from './env-spec.ts';
import { createMinari, loadMinari } from './local.ts';
import { openMinari } from './minari-file.ts';
import { MinariWriter } from './minari-writer.ts';
import { createSpace, describeSpace, formatSpace, parseSpace } from './space-json.ts';
import { actionSpace, envSpec, nestedEpisode, nestedSpace, writeDataset } from './testing/episodes.ts';
import { scratchDirectory } from './testing/scratch.ts';

test('ids have a namespace, a name and a version', () => {
  expect(parseDatasetId('D4RL/door/human-v2')).toEqual({ namespace: 'D4RL/door', name: 'human', version: 2 });
  expect(parseDatasetId('open-dense-v12')).toEqual({ namespace: undefined, name: 'open-dense', version: 12 });
  for (const id of [
    'door/human',
    '/human-v0',
    'a//human-v0',
    'x/../../y-v0',
    'door/hu man-v0',
    'door/-v',
    '',
    'a/b-v0',
  ]) {
    expect(() => parseDatasetId(id), id).toThrow('is no Minari dataset id');
  }
  expect(formatDatasetId(parseDatasetId('mujoco/ant/expert-v0'))).toBe('mujoco/ant/expert-v0');
  expect(['ab/b-v10', 'ab/b-v9', 'z-v0', 'ab/a-v0'].sort(compareDatasetIds)).toEqual([
    'z-v0',
    'ab/a-v0',
    'ab/b-v9',
    'ab/b-v10',
  ]);
});

test('spaces are written as Python writes them', () => {
  const text = formatSpace(nestedSpace);
  expect(text).toBe(
    '{"type": "Dict", "subspaces": {"goal": {"type": "Box", "dtype": "float64", "shape": [2], ' +
      '"low": [-Infinity, 0.0], "high": [Infinity, 1.0]}, "pair": {"type": "Tuple", "subspaces": [' +
      '{"type": "Discrete", "dtype": "int64", "start": 0, "n": 3}, ' +
      '{"type": "Text", "max_length": 9, "min_length": 0, "charset": "abc\\u00fc"}]}}}',
  );
  expect(parseSpace(text, 'it')).toEqual(nestedSpace);
});

test('spaces of environments come back', () => {
  const space = new Dict({
    image: new Box({ low: 0, high: 255, shape: [2, 3], dtype: 'uint8' as never }),
    move: new Tuple([new Discrete(4, { start: 1 }), new Box({ low: -1, high: [1, 1e-7] })]),
  });
  const back = createSpace(parseSpace(formatSpace(describeSpace(space)), 'it'));
  expect(String(back)).toBe(String(space));
});

test('an episode of nested spaces, texts, infos and options comes back', async () => {
  const path = writeDataset(scratchDirectory(), 'test/nested/small-v0', [3, 1, 70]);
  const file = await openMinari(path);
  expect(file.metadata).toMatchObject({ id: 'test/nested/small-v0', totalEpisodes: 3, totalSteps: 74, envSpec });
  expect([...file.episodes()]).toEqual([3, 1, 70].map((steps, id) => ({ id, ...nestedEpisode(steps, 10 * id) })));
  expect(file.episodeInfo(0).other).toEqual({
    rewards_sum: 4.5,
    rewards_mean: 1.5,
    rewards_std: Math.sqrt(2 / 3),
    rewards_max: 2.5,
    rewards_min: 0.5,
  });
  file.close();
});

test('the file has the layout that Minari reads', async () => {
  const root = scratchDirectory();
  const path = writeDataset(root, 'test/nested/small-v0', [3, 1]);
  const metadata = JSON.parse(readFileSync(join(path, 'data', 'metadata.json'), 'utf8'));
  expect(metadata).toMatchObject({
    dataset_id: 'test/nested/small-v0',
    total_episodes: 2,
    total_steps: 4,
    data_format: 'hdf5',
    minari_version: '0.5.0',
    env_spec: envSpec,
    author: ['test/nested/small-v0'],
    observation_space: formatSpace(nestedSpace),
  });
  expect(JSON.parse(readFileSync(join(root, 'test/nested/namespace_metadata.json'), 'utf8'))).toEqual({
    description: null,
  });
  const file = await Hdf5File.open(join(path, 'data', 'main_data.hdf5'));
  const shapes = [...file.datasets.values()].filter(({ path }) => path.startsWith('episode_0/'));
  expect(Object.fromEntries(shapes.map(({ path, dtype, shape }) => [path.slice(10), [dtype, ...shape]]))).toEqual({
    'observations/goal': ['float64', 4, 2],
    'observations/pair/_index_0': ['int64', 4],
    'observations/pair/_index_1': ['string', 4],
    actions: ['float32', 3, 1],
    rewards: ['float64', 3],
    terminations: ['bool', 3],
    truncations: ['bool', 3],
    'infos/qpos': ['float64', 4, 3],
  });
  expect(file.attributes('episode_1')).toEqual(
    new Map<string, unknown>([
      ['id', 1n],
      ['seed', 10n],
      ['options/start/x', 1.5],
      ['options/start/name', 'left'],
      ['options/fast', true],
      ['total_steps', 1n],
      ['rewards_sum', 0.5],
      ['rewards_mean', 0.5],
      ['rewards_std', 0],
      ['rewards_max', 0.5],
      ['rewards_min', 0.5],
    ]),
  );
  file.close();
});

test('an episode written in pieces is the episode written whole', async () => {
  const root = scratchDirectory();
  const steps = 5000;
  const observations = Float32Array.from({ length: steps + 1 }, (_, i) => i);
  const rewards = Float64Array.from({ length: steps }, (_, i) => Math.sin(i));
  const space = { type: 'Box', dtype: 'float32', shape: [], low: 0, high: 1 } as const;
  const options = { id: 'whole-v0', observationSpace: space, actionSpace: space };
  const flags = new Uint8Array(steps);
  const [whole, pieces] = [new MinariWriter(join(root, 'a'), options), new MinariWriter(join(root, 'b'), options)];
  whole.append({
    observations: { data: observations, shape: [steps + 1], dtype: 'float32' },
    actions: { data: observations.subarray(1), shape: [steps], dtype: 'float32' },
    rewards,
    terminations: flags,
    truncations: flags,
  });
  whole.close();
  const column = (dtype: 'float32' | 'float64' | 'bool') => ({ dtype, shape: [] });
  const episode = pieces.begin(
    {},
    {
      observations: column('float32'),
      actions: column('float32'),
      rewards: column('float64'),
      terminations: column('bool'),
      truncations: column('bool'),
    },
  );
  for (let start = 0; start < steps; start += 777) {
    const stop = Math.min(steps, start + 777);
    episode.append('observations', observations.subarray(start, stop));
    episode.append('actions', observations.subarray(start + 1, stop + 1));
    episode.append('rewards', rewards.subarray(start, stop));
    episode.append('terminations', flags.subarray(start, stop));
    episode.append('truncations', flags.subarray(start, stop));
  }
  expect(() => episode.end()).toThrow('"observations" has 5000 rows where 5001 were expected');
  episode.append('observations', observations.subarray(steps));
  episode.end();
  pieces.close();
  const [a, b] = [await openMinari(join(root, 'a')), await openMinari(join(root, 'b'))];
  expect(b.readEpisode(0)).toEqual(a.readEpisode(0));
  const [one, other] = [a.episodeInfo(0).other, b.episodeInfo(0).other];
  for (const name of Object.keys(one)) expect(other[name]).toBeCloseTo(one[name] as number, 10);
  a.close();
  b.close();
});

test('columns that do not fit the spaces are refused', () => {
  const writer = new MinariWriter(join(scratchDirectory(), 'x'), {
    id: 'x-v0',
    observationSpace: nestedSpace,
    actionSpace,
  });
  const episode = nestedEpisode(3, 0);
  expect(() =>
    writer.append({ ...episode, actions: { data: new Float32Array(6), shape: [3, 2], dtype: 'float32' } }),
  ).toThrow('"actions" has shape [3,2] where its space has [1] a step');
  writer.discard();
});

test('datasets combine: episodes in order, the longest time limit, all authors', async () => {
  const root = scratchDirectory();
  writeDataset(root, 'a-v0', [2, 3]);
  writeDataset(root, 'b-v0', [4], formatEnvSpec({ id: 'Point-v0', maxEpisodeSteps: 200, rewardThreshold: 5 }));
  const files = [await loadMinari('a-v0', root), await loadMinari('b-v0', root)];
  const writer = createMinari(describeCombination('both-v0', files), root);
  copyEpisodes(
    files.map((file) => ({ file })),
    writer,
  );
  writer.close();
  const both = await loadMinari('both-v0', root);
  expect([...both.episodes()].map(({ id, rewards }) => [id, rewards.length])).toEqual([
    [0, 2],
    [1, 3],
    [2, 4],
  ]);
  expect(JSON.parse(both.metadata.envSpec!)).toMatchObject({ max_episode_steps: 200 });
  expect(both.metadata.other).toMatchObject({ author: ['a-v0', 'b-v0'], combined_datasets: ['a-v0', 'b-v0'] });
  for (const file of [both, ...files]) file.close();
  const other = writeDataset(root, 'c-v0', [1], formatEnvSpec({ id: 'Other-v0', rewardThreshold: 5 }));
  const mixed = [await loadMinari('a-v0', root), await openMinari(other)];
  expect(() => describeCombination('no-v0', mixed)).toThrow('a-v0 and c-v0 are of different environments');
  for (const file of mixed) file.close();
});

test('a split draws every episode at most once, as NumPy permutes', () => {
  const parts = splitEpisodes(10, [6, 3], 7);
  expect(parts.map(({ length }) => length)).toEqual([6, 3]);
  expect([...parts[0], ...parts[1]]).toEqual([...defaultRng(7).permutation(10).slice(0, 9)]);
  expect(new Set([...parts[0], ...parts[1]]).size).toBe(9);
  expect(() => splitEpisodes(10, [6, 5], 7)).toThrow('add up to 11 of 10');
});

test.each([
  ['{"dataset_id": "x-v0"}', 'total_episodes'],
  ['{', 'is not JSON'],
  [{ minari_version: '0.3.1' }, 'of Minari 0.3.1'],
  [{ minari_version: '1.0.0' }, 'of Minari 1.0.0'],
  [{ data_format: 'arrow' }, 'format "arrow"'],
  [{ total_episodes: 9 }, 'has 1 episodes and its metadata counts 9'],
  [{ observation_space: '{"type": "Box"}' }, 'is no space'],
])('metadata %j is refused', async (change, reason) => {
  const path = writeDataset(scratchDirectory(), 'x-v0', [2]);
  const at = join(path, 'data', 'metadata.json');
  const text =
    typeof change === 'string' ? change : JSON.stringify({ ...JSON.parse(readFileSync(at, 'utf8')), ...change });
  writeFileSync(at, text);
  await expect(openMinari(path)).rejects.toThrow(reason);
});

test.each(['0.4.0', '0.4.3', '0.5.3', '~=0.4.1', '>=0.4'])('version %s is read', async (version) => {
  const path = writeDataset(scratchDirectory(), 'x-v0', [2]);
  const at = join(path, 'data', 'metadata.json');
  writeFileSync(at, JSON.stringify({ ...JSON.parse(readFileSync(at, 'utf8')), minari_version: version }));
  const file = await openMinari(path);
  expect(file.readEpisode(0).rewards).toHaveLength(2);
  file.close();
});
