import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatNames } from '@understudy/convert';
import { expect, onTestFinished, test } from 'vitest';
import { benchDataset } from './bench-dataset.ts';
import { planLargeWorks, workAlone } from './dataset-memory.ts';

const brief = { transitions: 3000, indexed: 2000, batches: 4, rounds: 1 };

test('reading, sampling and indexing are timed alone', async () => {
  const seen: number[] = [];
  const results = await benchDataset(brief, { onProgress: ({ done }) => seen.push(done) });
  expect(results.map((result) => result.case)).toEqual([
    'read, written here',
    'sample from memory',
    'sample from a file',
    'index episodes',
  ]);
  for (const { ours, ratio } of results) expect([ours > 0, ratio]).toEqual([true, undefined]);
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('beside a peer, and of a large file the memory is told', async () => {
  const python = join(mkdtempSync(join(tmpdir(), 'understudy-bench-')), 'python.cjs');
  onTestFinished(() => rmSync(dirname(python), { recursive: true }));
  // Answers as the script would, and writes what it is asked to write by copying our file.
  writeFileSync(
    python,
    `#!${process.execPath}
    console.log(JSON.stringify({ peer: 'stand-in' }));
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { do: what, path, columns } = JSON.parse(line);
      if (what === 'write') require('node:fs').copyFileSync(path.replace('h5py', 'own'), path);
      const count = Object.keys(columns ?? {}).length;
      console.log(JSON.stringify({ seconds: 1, perSecond: 1, equal: count, columns: count }));
    });`,
  );
  chmodSync(python, 0o755);
  const results = await benchDataset({ ...brief, peers: python, large: 2000, formats: ['csv', 'minari'] });
  const figures = new Map(results.map((result) => [result.case, result]));
  expect(figures.get('read, written by h5py')).toMatchObject({ peer: 1, peerName: 'stand-in' });
  expect(figures.get('columns equal in h5py')?.ours).toBe(1);
  const works = ['inspect', 'index', 'sample', 'd4rl to csv', 'csv to d4rl', 'd4rl to minari', 'minari to d4rl'];
  for (const work of works) {
    const { ours, seconds } = figures.get(`large: ${work}, peak memory`)!;
    expect(ours).toBeGreaterThan(20);
    expect(seconds).toBeGreaterThan(0);
  }
}, 60_000);

test('a large file is converted to every format and back, and what was made is removed', () => {
  const works = planLargeWorks('/there/large.hdf5');
  const conversions = works.flatMap(({ task }) => (task.work === 'convert' ? [task] : []));
  expect(new Set(conversions.map(({ to }) => to))).toEqual(new Set(formatNames));
  expect(new Set(conversions.map(({ from }) => from))).toEqual(new Set(formatNames));
  const left = new Set<string>();
  for (const { task, leftovers } of works) {
    if (task.work === 'convert') {
      // What is read is there at that time.
      expect(task.input === '/there/large.hdf5' || left.has(task.input)).toBe(true);
      left.add(task.output);
    }
    for (const path of leftovers) expect(left.delete(path)).toBe(true);
  }
  expect([...left]).toEqual([]);
});

test('what a process refuses is told, and one that is stopped ends', async () => {
  const [inspect] = planLargeWorks('/there/is/none.hdf5');
  await expect(workAlone(inspect)).rejects.toThrow('/there/is/none.hdf5 does not exist');
  await expect(workAlone(inspect, AbortSignal.timeout(5))).rejects.toMatchObject({ name: /TimeoutError|AbortError/ });
});

test("the peer's script answers every request that is made of it", () => {
  const script = readFileSync(new URL('../peers/dataset_h5py.py', import.meta.url), 'utf8');
  for (const request of ['write', 'read', 'gather', 'loop', 'compare']) expect(script).toContain(`"do": "${request}"`);
});
