import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand, startCommand } from '../testing/run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-quickstart-'));
afterAll(() => rmSync(directory, { recursive: true }));

const sizes = ['--steps', '4096', '--demonstrations', '2', '--epochs', '2', '--episodes', '2'];
const quickstart = ['quickstart', '--out', join(directory, 'quick'), ...sizes];

test('an interrupted quickstart goes on, finishes, is not repeated, and refuses other settings', async () => {
  const command = startCommand(...quickstart);
  await command.said('2/5 demonstrations');
  command.process.kill('SIGINT');
  const { status, stderr } = await command.ended;
  expect(status).toBe(130);
  expect(stderr).toContain(`go on with: understudy quickstart --out ${join(directory, 'quick')} --steps 4096`);

  const resumed = await runCommand(...quickstart, '--json');
  expect(resumed.status).toBe(0);
  expect(resumed.stderr).toContain('done before');
  const summary = JSON.parse(resumed.stdout);
  expect(summary).toEqual(JSON.parse(readFileSync(join(directory, 'quick', 'summary.json'), 'utf8')));
  expect(summary).toMatchObject({
    environment: 'HalfCheetah-v5',
    demonstrations: { file: 'demos.hdf5', episodes: 2, transitions: 2000 },
    seeds: { expert: 0, demonstrations: 1000, clone: 0, evaluation: 2000 },
    versions: { understudy: expect.any(String), node: process.versions.node, mujoco: expect.any(String) },
  });
  for (const policy of ['random', 'expert', 'clone']) {
    expect(summary[policy]).toMatchObject({ mean: expect.any(Number), std: expect.any(Number), episodes: 2 });
  }
  expect(summary.cloneToExpert).toBe(summary.clone.mean / summary.expert.mean);
  expect(summary.seconds).toBeGreaterThan(0);
  for (const name of ['expert', 'clone', 'demos.hdf5', 'summary.json', 'report.html']) {
    expect(readdirSync(join(directory, 'quick'))).toContain(name);
  }

  const before = readFileSync(join(directory, 'quick', 'expert', 'policy.safetensors'));
  const again = await runCommand(...quickstart);
  expect(again.status).toBe(0);
  expect(again.stderr.match(/done before/g)).toHaveLength(4);
  expect(readFileSync(join(directory, 'quick', 'expert', 'policy.safetensors')).equals(before)).toBe(true);

  const other = await runCommand(...quickstart, '--seed', '1');
  expect(other.status).toBe(2);
  expect(other.stderr).toMatch(/seed 0 instead of 1.*--fresh/);
  expect(existsSync(join(directory, 'quick', 'report.html'))).toBe(true);
});
