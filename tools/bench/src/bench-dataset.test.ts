import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { benchDataset } from './bench-dataset.ts';

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
  const results = await benchDataset({ ...brief, peers: python, large: 2000 });
  const figures = new Map(results.map((result) => [result.case.replace(/ in .*,/, ','), result]));
  expect(figures.get('read, written by h5py')).toMatchObject({ peer: 1, peerName: 'stand-in' });
  expect(figures.get('columns equal in h5py')?.ours).toBe(1);
  for (const work of ['inspect', 'index', 'sample', 'convert']) {
    expect(figures.get(`large: ${work}, peak memory`)?.ours).toBeGreaterThan(20);
  }
});

test("the peer's script answers every request that is made of it", () => {
  const script = readFileSync(new URL('../peers/dataset_h5py.py', import.meta.url), 'utf8');
  for (const request of ['write', 'read', 'gather', 'loop', 'compare']) expect(script).toContain(`"do": "${request}"`);
});
