import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readD4rl } from '@understudy/d4rl';
import { Hdf5Writer } from '@understudy/d4rl/hdf5';
import { openMinari } from '@understudy/minari';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatNames, groupNames } from './column-names.ts';
import { contentHash, convert } from './convert.ts';
import type { Format } from './formats.ts';
import { fixedDataset, smallDatasets, writeSmallDataset } from './testing/datasets.ts';
import { scratchDirectory } from './testing/scratch.ts';

const lossless: Record<string, Format> = {
  'x.parquet': 'parquet',
  'x.arrow': 'arrow',
  'x.safetensors': 'safetensors',
  'x.npz': 'npz',
  'x.jsonl': 'jsonl',
  'x-v0': 'minari',
};

test.each(Object.entries(lossless))('D4RL -> %s -> D4RL keeps every bit of data and all metadata', async (name, to) => {
  const directory = scratchDirectory();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(smallDatasets, async (dataset) => {
      const at = join(directory, String(run++));
      mkdirSync(at);
      const [first, middle, last] = [join(at, 'a.hdf5'), join(at, name), join(at, 'b.hdf5')];
      writeSmallDataset(first, dataset);
      expect(await convert(first, middle)).toMatchObject({ from: 'd4rl', to, rows: dataset.header.rows, losses: [] });
      expect(await convert(middle, last)).toMatchObject({ from: to, to: 'd4rl', losses: [] });
      const hash = await contentHash(first);
      expect(await contentHash(middle)).toBe(hash);
      expect(await contentHash(last)).toBe(hash);
      expect((await readD4rl(last)).metadata).toEqual((await readD4rl(first)).metadata);
    }),
    { numRuns: 6 },
  );
});

test('CSV says exactly what it loses, and loses nothing of plain numbers', async () => {
  const directory = scratchDirectory();
  const [from, csv, back] = ['a.hdf5', 'a.csv', 'b.hdf5'].map((name) => join(directory, name));
  writeSmallDataset(from, fixedDataset({ metadata: { algorithm: 'SAC' } }));
  await expect(convert(from, csv)).rejects.toThrow(
    'CSV cannot hold the element types of observations (float32), actions (float32), rewards (float32), ' +
      'next_observations (float32), which are read back as float64; the metadata algorithm: ' +
      `give --lossy to write ${csv} without.`,
  );
  expect(existsSync(csv)).toBe(false);
  expect((await convert(from, csv, { lossy: true })).losses).toHaveLength(2);
  const lines = readFileSync(csv, 'utf8').split('\n');
  expect(lines).toHaveLength(42);
  expect(lines[0]).toBe(
    'observations_0,observations_1,observations_2,actions_0,actions_1,rewards,terminals,timeouts,' +
      'next_observations_0,next_observations_1,next_observations_2,infos/qpos_0,infos/qpos_1',
  );
  await convert(csv, back);
  const [a, b] = [await readD4rl(from), await readD4rl(back)];
  expect(Float32Array.from(b.observations)).toEqual(a.observations);
  expect(b.terminals).toEqual(a.terminals);
  expect(b.infos).toEqual(a.infos);
  // What came from CSV goes there and back unchanged.
  const again = join(directory, 'c.csv');
  await convert(back, again);
  expect(await contentHash(again)).toBe(await contentHash(back));
});

test('Minari episodes get the final observation, and keep seeds on the way through every format', async () => {
  const directory = scratchDirectory();
  const dataset = fixedDataset();
  const from = join(directory, 'a.hdf5');
  writeSmallDataset(from, {
    ...dataset,
    header: {
      ...dataset.header,
      episodes: [
        { length: 10, seed: 5, attributes: { options: { x: 1.5, y: { z: 'left' } } } },
        { length: 10 },
        { length: 5, seed: 7 },
        { length: 15 },
      ],
    },
  });
  let path = from;
  for (const [i, name] of [
    'a.parquet',
    'a.arrow',
    'a.safetensors',
    'a.npz',
    'a.jsonl',
    'b.hdf5',
    'env/a-v3',
  ].entries()) {
    const next = join(directory, name);
    if (i === 6) mkdirSync(join(directory, 'env'));
    await convert(path, next);
    path = next;
  }
  const file = await openMinari(path);
  expect(file.metadata).toMatchObject({ id: 'a-v3', totalEpisodes: 4, totalSteps: 40 });
  expect(file.episodeInfo(0)).toMatchObject({ seed: 5, options: { x: 1.5, y: { z: 'left' } } });
  expect(file.episodeInfo(1).seed).toBeUndefined();
  const episode = file.readEpisode(2);
  expect(episode.seed).toBe(7);
  expect(episode.terminations).toEqual(Uint8Array.of(0, 0, 0, 0, 1));
  const { observations, next_observations: next } = Object.fromEntries(
    dataset.header.columns.map(({ name }, i) => [name, dataset.data[i]]),
  );
  expect(episode.observations).toEqual({
    data: Float32Array.of(
      ...(observations.subarray(60, 75) as Float32Array),
      ...(next.subarray(72, 75) as Float32Array),
    ),
    shape: [6, 3],
    dtype: 'float32',
  });
  file.close();
});

test('a recording without next observations is not completed unasked', async () => {
  const directory = scratchDirectory();
  const { header, data } = fixedDataset();
  const without = header.columns.flatMap(({ name }, i) => (name === 'next_observations' ? [] : [i]));
  const from = join(directory, 'a.hdf5');
  const columns = without.map((i) => header.columns[i]);
  writeSmallDataset(from, { header: { ...header, columns }, data: without.map((i) => data[i]) });
  await expect(convert(from, join(directory, 'a-v0'))).rejects.toThrow(
    'the final observation of each episode, which is not recorded and becomes the last one again',
  );
  await convert(from, join(directory, 'a-v0'), { lossy: true });
  await convert(join(directory, 'a-v0'), join(directory, 'b.hdf5'));
  expect(await contentHash(join(directory, 'b.hdf5'))).toBe(await contentHash(from));
});

test("next observations that are not the next row's are not dropped unasked", async () => {
  const directory = scratchDirectory();
  const dataset = fixedDataset();
  (dataset.data[5] as Float32Array)[3 * 4] += 1;
  const from = join(directory, 'a.hdf5');
  writeSmallDataset(from, dataset);
  await expect(convert(from, join(directory, 'a-v0'))).rejects.toThrow(
    '"next_observations" has rows that differ from the next row\'s observation inside an episode',
  );
  expect(readdirSync(directory)).toEqual(['a.hdf5']);
  const { losses } = await convert(from, join(directory, 'a-v0'), { lossy: true });
  expect(losses).toEqual([
    '"next_observations" has rows that differ from the next row\'s observation inside an episode',
  ]);
});

test('tables of others: rows need no description', async () => {
  const directory = scratchDirectory();
  const [csv, jsonl, npz] = ['a.csv', 'a.jsonl', 'a.npz'].map((name) => join(directory, name));
  writeFileSync(csv, '\ufeff"b,c",x_1,x_0,terminals\r\n1,2,3,0\r\n,4,-inf,1\r\n');
  await convert(csv, jsonl);
  expect(readFileSync(jsonl, 'utf8').split('\n').slice(1)).toEqual([
    '{"b,c":1,"x":[3,2],"terminals":false}',
    '{"b,c":"NaN","x":["-Infinity",4],"terminals":true}',
    '',
  ]);
  writeFileSync(jsonl, '{"x": [[1, 2], [3, 4]], "done": true}\n{"done": false, "x": [[5, 6], [7, null]]}');
  expect((await convert(jsonl, npz)).columns).toEqual([
    { name: 'x', type: 'float64', shape: [2, 2] },
    { name: 'done', type: 'bool', shape: [] },
  ]);
  expect(await contentHash(npz)).toBe(await contentHash(jsonl));
});

test('vectors keep their places whatever order their numbers come in', () => {
  const columns = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('x', 'y', 'x_y', 'infos/q', 'z_'), width: fc.integer({ min: 0, max: 12 }) }),
    { selector: ({ name }) => name, minLength: 1 },
  );
  fc.assert(
    fc.property(columns, fc.boolean(), (given, reversed) => {
      const names = given.flatMap(({ name, width }) => flatNames({ name, shape: width === 0 ? [] : [width] }));
      if (reversed) names.reverse();
      for (const { name, width } of given) {
        const found = groupNames(names).find((group) => group.name === name)!;
        expect(found.shape).toEqual(width === 0 ? [] : [width]);
        expect(found.indices.map((index) => names[index])).toEqual(flatNames(found));
      }
    }),
  );
});

test('chunks of a D4RL file follow each other', async () => {
  const directory = scratchDirectory();
  const from = join(directory, 'a.hdf5');
  writeSmallDataset(from, fixedDataset());
  const whole = await readD4rl(from);
  const writer = new Hdf5Writer(join(directory, 'chunks.hdf5'), 4);
  const put = (name: string, type: 'float32' | 'bool', data: Float32Array | Uint8Array, width: number) => {
    const cut = 25 * width;
    for (const [i, part] of [data.slice(0, cut), data.slice(cut)].entries()) {
      writer.writeRows(`virtual/${i}/${name}`, type, width === 1 ? [] : [width], new Uint8Array(part.buffer));
    }
  };
  put('observations', 'float32', whole.observations as Float32Array, 3);
  put('actions', 'float32', whole.actions as Float32Array, 2);
  put('rewards', 'float32', whole.rewards as Float32Array, 1);
  put('terminals', 'bool', whole.terminals, 1);
  writer.close();
  const { rows, losses } = await convert(join(directory, 'chunks.hdf5'), join(directory, 'b.hdf5'));
  expect([rows, losses]).toEqual([40, []]);
  expect((await readD4rl(join(directory, 'b.hdf5'))).observations).toEqual(whole.observations);
});
