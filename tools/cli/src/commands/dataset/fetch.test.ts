import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeD4rl } from '@understudy/d4rl';
import { environmentIds } from '@understudy/envs';
import { afterAll, expect, test } from 'vitest';
import { runHere } from '../../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-fetch-'));
const server = createServer((request, response) => {
  if (request.url !== '/mirror/maze2d/maze2d-umaze-sparse-v1.hdf5') response.writeHead(404).end('<html>');
  else response.writeHead(200, { 'content-length': content.length }).end(content);
});
let content: Buffer;
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

test('all 155 datasets are listed, with environments that exist here', async () => {
  const { printed } = await runHere('dataset', 'list', '--json', '--dir', directory);
  const { datasets } = JSON.parse(printed.join(''));
  expect(datasets.length).toBe(155);
  const ids = new Set(environmentIds());
  for (const { environment } of datasets) if (environment !== undefined) expect(ids.has(environment)).toBe(true);
  const ant = datasets.find(({ name }: { name: string }) => name === 'ant-medium-v2');
  expect(ant).toMatchObject({ observationSize: 111, actionSize: 8, bytes: 376239825, here: null });
  expect(ant.mismatch).toContain('useContactForces');
});

test('a part of the name filters, with faults told under the table; an unknown name offers the nearest', async () => {
  const { printed } = await runHere('dataset', 'list', 'umaze-v', '--dir', directory);
  const text = printed.join('\n');
  expect(text).toMatch(/^maze2d-umaze-v1 +4, 2 +maze2d-umaze-v1 +23.85 to 161.9/m);
  expect(text).toMatch(/^antmaze-umaze-v2 +29, 8 +antmaze-umaze-v2 +232.5 +0 to 1/m);
  expect(text).toContain('issues/194); dataset fix --fix maze2d-rewards corrects it.');
  expect(text).not.toContain('hopper');
  await expect(runHere('dataset', 'list', 'hoper-medium-v2')).rejects.toThrow('did you mean hopper-medium-v2');
  await expect(runHere('dataset', 'list', 'hoper')).rejects.toThrow('did you mean hopper');
});

test('a dataset is fetched from a mirror, found again, verified, and refused once it is damaged', async () => {
  await writeD4rl(join(directory, 'made.hdf5'), {
    observations: new Float32Array(400),
    actions: new Float32Array(200),
    rewards: new Float32Array(100),
    terminals: new Uint8Array(100),
    timeouts: new Uint8Array(100),
  });
  content = readFileSync(join(directory, 'made.hdf5'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const there = join(directory, 'datasets');
  const download = ['dataset', 'download', 'maze2d-umaze-v1', '--dir', there, '--retries', '0'];
  await expect(runHere(...download, '--base-url', base)).rejects.toThrow(/could not be fetched .*status 404/);
  const fetched = await runHere(...download, '--base-url', base, '--mirror', `${base}/mirror`);
  expect(fetched.printed[0]).toMatch(/^maze2d-umaze-v1: .*, 100 transitions, .*\(recorded now, at first sight\)$/);
  const again = await runHere(...download, '--base-url', base, '--json');
  expect(JSON.parse(again.printed[0])).toMatchObject([
    { name: 'maze2d-umaze-v1', fetched: false, against: 'recorded' },
  ]);
  expect((await runHere('dataset', 'list', 'maze2d-umaze-v1', '--dir', there)).printed[0]).toMatch(/161.9 +yes$/m);

  const verified = await runHere('dataset', 'verify', '--dir', there);
  expect(verified.printed).toEqual([expect.stringMatching(/^maze2d-umaze-v1: .*\(the recorded one\)$/)]);
  const path = join(there, 'maze2d-umaze-sparse-v1.hdf5');
  // An option before the arguments takes none of them.
  const mirrored = ['--base-url', base, '--mirror', `${base}/none`, '--mirror', `${base}/mirror`, 'maze2d-umaze-v1'];
  await runHere('dataset', 'download', '--retries', '0', '--dir', join(directory, 'others'), ...mirrored);
  const fix = (name: string, out = 'fixed.hdf5') =>
    runHere('dataset', 'fix', '--fix', name, path, join(directory, out));
  await expect(fix('maze2d-rewards', 'fixed.csv')).rejects.toThrow('OUT takes a file whose name ends in .hdf5');
  expect((await fix('maze2d-rewards')).printed[0]).toMatch(/fixed.hdf5: 100 transitions with maze2d-rewards$/);
  await expect(fix('maze2d-reward')).rejects.toThrow('There is no fix "maze2d-reward", so use maze2d-rewards.');
  writeFileSync(path, content.subarray(0, 500));
  await expect(runHere('dataset', 'verify', path)).rejects.toThrow('1 of 1 files are not right');
  await expect(runHere('dataset', 'verify', join(there, 'none.hdf5'))).rejects.toThrow('does not exist');
  await expect(runHere('dataset', 'verify', '--dir', directory)).rejects.toThrow('There are no datasets of D4RL in');
});
