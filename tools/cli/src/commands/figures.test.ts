import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHere } from '../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-figures-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs a command with `--json` and parses what it prints. */
async function figures(...argv: string[]) {
  const { printed, status } = await runHere(...argv, '--json');
  expect(printed).toHaveLength(1);
  expect(status).toBe(0);
  return JSON.parse(printed[0]);
}

const small = ['steps=256', 'minibatches=4', 'epochs=2'].flatMap((setting) => ['--set', setting]);
beforeAll(async () => {
  await runHere('train', 'ppo', '--env', 'Hopper-v5', '--steps', '512', '--seed', '3', '--out', at('run'), ...small);
  await runHere('record', at('run'), '--episodes', '3', '--seed', '5', '--out', at('new', 'demos.hdf5'));
});

test('train prints the summary of the run', async () => {
  const summary = await figures('train', 'ppo', '--env', 'Hopper-v5', '--steps', '300', '--out', at('other'), ...small);
  expect(summary).toEqual(JSON.parse(readFileSync(at('other', 'summary.json'), 'utf8')));
  expect(summary).toMatchObject({ algorithm: 'ppo', environment: 'Hopper-v5', status: 'finished', steps: 512 });
  expect(JSON.parse(readFileSync(at('other', 'config.json'), 'utf8'))).toMatchObject({
    config: { totalSteps: 300, steps: 256, minibatches: 4, epochs: 2 },
    versions: { engine: 'mujoco-js', mujoco: expect.stringMatching(/^3\./) },
  });
});

test('the recorded file holds whole episodes, and inspect tells their figures', async () => {
  const inspected = await figures('dataset', 'inspect', at('new', 'demos.hdf5'));
  expect(inspected).toMatchObject({ episodes: 3, completeEpisodes: 3, observationSize: 11, actionSize: 3 });
  expect(inspected.lengths.mean * 3).toBeCloseTo(inspected.transitions, 9);
  expect(inspected.metadata).toEqual(['algorithm', 'deterministic', 'environment', 'seed']);
  const lines = (await runHere('dataset', 'inspect', at('new', 'demos.hdf5'))).printed.join('\n');
  expect(lines).toContain('environment Hopper-v5');
  expect(lines).toMatch(new RegExp(`observations +float32 +\\[${inspected.transitions}, 11\\]`));
});

test('record tells what it wrote, in float64 if asked, and the same bytes for the same seed', async () => {
  const record = (name: string) =>
    figures('record', at('run'), '--transitions', '50', '--dtype', 'float64', '--out', at(name));
  const written = await record('a.hdf5');
  expect(written).toMatchObject({ file: at('a.hdf5'), environment: 'Hopper-v5', transitions: 50 });
  const { columns } = await figures('dataset', 'inspect', at('a.hdf5'));
  expect(columns).toContainEqual(expect.objectContaining({ name: 'observations', dtype: 'float64', shape: [50, 11] }));
  await record('b.hdf5');
  expect(readFileSync(at('a.hdf5')).equals(readFileSync(at('b.hdf5')))).toBe(true);
});

test('eval prints the returns of every episode; the same seed gives the same ones', async () => {
  const first = await figures('eval', at('run'), '--episodes', '4', '--seed', '1');
  expect(first).toMatchObject({ environment: 'Hopper-v5', seed: 1, episodes: 4 });
  expect(first.returns).toHaveLength(4);
  expect(first.mean).toBeCloseTo(first.returns.reduce((sum: number, value: number) => sum + value, 0) / 4, 9);
  expect(await figures('eval', at('run'), '--episodes', '4', '--seed', '1')).toEqual(first);
  const sampled = await figures('eval', at('run'), '--episodes', '4', '--seed', '1', '--stochastic');
  expect(sampled.returns).not.toEqual(first.returns);
});

test('a clone of the recording takes its environment from the file', async () => {
  const summary = await figures(
    ...['train', 'bc', '--dataset', at('new', 'demos.hdf5'), '--epochs', '2', '--out', at('clone')],
  );
  expect(summary).toMatchObject({ algorithm: 'bc', environment: 'Hopper-v5', unit: 'epochs', steps: 2 });
});

test('a report on a run plays its policy', async () => {
  const { html, svgs } = await figures('report', at('run'), '--episodes', '2', '--out', at('pages', 'run.html'));
  expect(html).toBe(at('pages', 'run.html'));
  expect(svgs.map((path: string) => existsSync(path))).not.toContain(false);
  expect(svgs.some((path: string) => path.endsWith('film-strip.svg'))).toBe(true);
  expect(svgs.some((path: string) => path.endsWith('returns.svg'))).toBe(true);
});
