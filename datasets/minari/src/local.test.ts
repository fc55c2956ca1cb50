import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createMinari, deleteMinari, listMinari, loadMinari } from './local.ts';
import { actionSpace, nestedEpisode, nestedSpace, writeDataset } from './testing/episodes.ts';
import { scratchDirectory } from './testing/scratch.ts';

test('local datasets are listed, deleted and offered by their nearest name', async () => {
  const root = scratchDirectory();
  writeDataset(root, 'maze/open-v0', [2]);
  writeDataset(root, 'maze/open-v10', [2]);
  writeDataset(root, 'maze/open-v9', [1]);
  writeDataset(root, 'alone-v0', [4]);
  mkdirSync(join(root, 'maze', '.hidden-v0', 'data'), { recursive: true });
  mkdirSync(join(root, 'maze', 'broken-v0', 'data'), { recursive: true });
  const listed = await listMinari(root);
  expect(listed.map(({ id }) => id)).toEqual([
    'alone-v0',
    'maze/broken-v0',
    'maze/open-v0',
    'maze/open-v9',
    'maze/open-v10',
  ]);
  expect(listed[1]).toMatchObject({ problem: expect.stringContaining('is no Minari dataset') });
  expect(listed[0]).toMatchObject({ metadata: { totalSteps: 4 } });
  await expect(loadMinari('maze/opne-v0', root)).rejects.toThrow('did you mean maze/open-v0');
  expect(() => deleteMinari('maze/none-v0', root)).toThrow('There is no dataset maze/none-v0');
  deleteMinari('maze/open-v9', root);
  expect(existsSync(join(root, 'maze', 'open-v9'))).toBe(false);
  expect(existsSync(join(root, 'maze', 'open-v0', 'data'))).toBe(true);
});

test('a dataset that exists is not replaced and one given up leaves nothing', () => {
  const root = scratchDirectory();
  writeDataset(root, 'maze/open-v0', [2]);
  expect(() => writeDataset(root, 'maze/open-v0', [2])).toThrow('already exists');
  const writer = createMinari({ id: 'maze/half-v0', observationSpace: nestedSpace, actionSpace }, root);
  writer.append(nestedEpisode(2, 1));
  expect(readdirSync(join(root, 'maze')).filter((name) => name.startsWith('.'))).toHaveLength(1);
  writer.discard();
  expect(readdirSync(join(root, 'maze')).sort()).toEqual(['namespace_metadata.json', 'open-v0']);
  const none = createMinari({ id: 'maze/half-v0', observationSpace: nestedSpace, actionSpace }, root);
  expect(() => none.close()).toThrow('would have no episodes');
  expect(readdirSync(join(root, 'maze')).sort()).toEqual(['namespace_metadata.json', 'open-v0']);
});

test('where nothing can be made, a sentence says so', () => {
  const space = { type: 'Discrete', dtype: 'int64', start: 0, n: 2 } as const;
  const options = { observationSpace: space, actionSpace: space };
  const root = scratchDirectory();
  writeFileSync(join(root, 'file'), '');
  expect(() => createMinari({ id: 'x-v0', ...options }, join(root, 'file'))).toThrow(/^Cannot write .*x-v0: .*file/);
  // Node's recursive mkdir never returns here.
  if (!existsSync('/proc/self')) return;
  expect(() => createMinari({ id: 'x-v0', ...options }, '/proc')).toThrow(
    'nothing can be created in the directory /proc',
  );
  expect(() => createMinari({ id: 'ab/x-v0', ...options }, '/proc')).toThrow('Cannot write /proc/ab: nothing can be');
});

test('where files may not grow, a sentence names the dataset and nothing is left', async () => {
  const root = scratchDirectory();
  const script = join(root, 'write.mjs');
  const built = new URL('../dist/index.js', import.meta.url).href;
  writeFileSync(
    script,
    `import { createMinari } from ${JSON.stringify(built)};
    const space = { type: 'Box', dtype: 'float64', shape: [], low: 0, high: 1 };
    for (const [id, steps, author] of [['long/rows-v0', 20_000, ''], ['long/author-v0', 2, 'x'.repeat(2 ** 16)]]) {
      const numbers = (rows) => ({ data: new Float64Array(rows).map(Math.random), shape: [rows], dtype: 'float64' });
      const flags = new Uint8Array(steps);
      const options = { id, observationSpace: space, actionSpace: space, other: { author } };
      const writer = createMinari(options, ${JSON.stringify(root)});
      try {
        const episode = { observations: numbers(steps + 1), actions: numbers(steps) };
        writer.append({ ...episode, rewards: new Float64Array(steps), terminations: flags, truncations: flags });
        writer.close();
      } catch ({ code, message }) {
        writer.discard();
        console.log(code, message);
      }
    }`,
  );
  // In blocks of 1024 bytes.
  const { stdout } = await promisify(execFile)('bash', ['-c', `ulimit -f 50; "${process.execPath}" "${script}"`]);
  const [rows, author] = stdout.split('\n');
  const sentence = (name: string) =>
    `UNDERSTUDY_INPUT Cannot write ${join(root, 'long', name)}: the file system does not`;
  expect(rows).toContain(sentence('rows-v0'));
  expect(author).toContain(sentence('author-v0'));
  expect(readdirSync(join(root, 'long'))).toEqual(['namespace_metadata.json']);
});
