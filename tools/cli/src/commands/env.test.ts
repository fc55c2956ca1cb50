import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { runHere } from '../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-env-'));
afterAll(() => rmSync(directory, { recursive: true }));
const reference = fileURLToPath(new URL('../../../../test/fixtures/reference/Hopper-v5.json.gz', import.meta.url));

/** The reference with one number changed. */
function tampered(
  name: string,
  change: (step: { obs: number[]; terminated: boolean; reward: number }) => void,
): string {
  const content = JSON.parse(gunzipSync(readFileSync(reference)).toString());
  change(content.episodes[0].steps[3]);
  const file = join(directory, name);
  writeFileSync(file, gzipSync(JSON.stringify(content)));
  return file;
}

test.each(['mujoco-js', '@mujoco/mujoco'])('%s is held against a reference', async (engine) => {
  const { printed, status } = await runHere(
    ...['env', 'check', 'Hopper-v5', '--reference', reference, '--engine', engine, '--json'],
  );
  expect(status).toBe(0);
  const check = JSON.parse(printed.join(''));
  expect(Object.keys(check)).toEqual(['id', 'engine', 'steps', 'maxError', 'flagsEqual', 'resetError']);
  expect(Object.keys(check.maxError)).toEqual(['observation', 'reward', 'qpos', 'qvel']);
  expect(check).toMatchObject({ id: 'Hopper-v5', engine, flagsEqual: true, resetError: 0 });
  expect(check.maxError.observation).toBeLessThan(1e-6);
});

test('a difference beyond the tolerance is status 1, one within it 0', async () => {
  const check = (file: string) => runHere('env', 'check', 'Hopper-v5', '--reference', file);
  const beyond = tampered('beyond.json.gz', (step) => {
    step.obs[2] += 2e-6;
  });
  const { status, printed } = await check(beyond);
  expect(status).toBe(1);
  expect(printed.join('\n')).toMatch(/NOT equal[\s\S]*observation 2\.0e-6/);
  const within = tampered('within.json.gz', (step) => {
    step.reward += 5e-7;
  });
  expect((await check(within)).status).toBe(0);
  const flags = tampered('flags.json.gz', (step) => {
    step.terminated = !step.terminated;
  });
  expect((await check(flags)).status).toBe(1);
});

test('without a reference the contract is checked', async () => {
  const { printed, status } = await runHere('env', 'check', 'Hopper-v5', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(printed.join(''))).toEqual({ id: 'Hopper-v5', engine: 'mujoco-js', failures: [] });
});

test('the list tells sizes, time limits and tasks, of all or of those that are asked for', async () => {
  const { printed } = await runHere('env', 'list', '--json');
  const all = JSON.parse(printed.join(''));
  expect(all.length).toBeGreaterThan(10);
  expect(all).toContainEqual(
    expect.objectContaining({
      id: 'HalfCheetah-v5',
      family: 'half-cheetah',
      observationSpace: 'Box(-inf, inf, (17,), float64)',
      actionSpace: 'Box(-1.0, 1.0, (6,), float32)',
      maxEpisodeSteps: 1000,
      engine: 'mujoco-js',
      description: expect.objectContaining({ task: expect.stringContaining('Run forward') }),
    }),
  );
  const ids = async (name: string) =>
    JSON.parse((await runHere('env', 'list', name, '--json')).printed.join('')).map(({ id }: { id: string }) => id);
  expect(await ids('half-CHEETAH')).toEqual(expect.arrayContaining(['HalfCheetah-v4', 'HalfCheetah-v5']));
  expect(await ids('hopper-v5')).toEqual(['Hopper-v5']);
  const table = (await runHere('env', 'list', 'hopper-v5')).printed.join('\n');
  expect(table).toMatch(/^id +observation +action +time limit +task\nHopper-v5 +11 +3 numbers +1000 +Hop /);
  await expect(runHere('env', 'list', 'hoper-v5')).rejects.toThrow('did you mean Hopper-v5');
});

test('an environment is shown with its words, spaces and options', async () => {
  const shown = (await runHere('env', 'show', 'Hopper-v5')).printed;
  expect(shown[0]).toMatch(/^Hopper-v5: Hop forward/);
  for (const line of [/^ +Box\(-inf, inf, \(11,\), float64\)$/, /^time limit +1000 steps$/, /^solved at +3,800$/]) {
    expect(shown).toContainEqual(expect.stringMatching(line));
  }
  expect(shown.find((line) => line.startsWith('options'))).toMatch(/healthyZRange.*, maxEpisodeSteps$/);
  const { printed } = await runHere('env', 'show', 'CartPole-v1', '--json');
  expect(JSON.parse(printed.join(''))).toMatchObject({ id: 'CartPole-v1', engine: null, actionSize: '2 choices' });
  await expect(runHere('env', 'show', 'Hoper-v5')).rejects.toThrow('did you mean Hopper-v5');
});
