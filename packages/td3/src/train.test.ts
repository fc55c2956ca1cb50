import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnvironmentHooks, evaluatePolicy, listCheckpoints, loadPolicy, runPaths } from '@understudy/training';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { expect, onTestFinished, test } from 'vitest';
import type { Td3Options } from './config.ts';
import { train } from './train.ts';

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-td3-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const pointMass = (horizon = 10): EnvironmentHooks => ({ makeVectorEnv: () => createPointMass({ count: 2, horizon }) });

test('learns to go to the target', async () => {
  const { policy } = await train(
    {
      environment: 'PointMass-v0',
      totalSteps: 4000,
      warmupSteps: 300,
      batchSize: 64,
      learningRate: 2e-3,
      gamma: 0.9,
      hiddenSizes: [32, 32],
    },
    pointMass(),
  );
  const evaluation = await evaluatePolicy(policy, createPointMass(), { episodes: 40, seed: 9 });
  // A start 1 away on average costs about .5 before the target is reached; standing still costs 10 an episode.
  expect(evaluation.mean).toBeGreaterThan(-1.5);
});

const short = {
  environment: 'PointMass-v0',
  seed: 5,
  totalSteps: 600,
  iterationSteps: 30,
  warmupSteps: 60,
  batchSize: 16,
  nStep: 2,
  replayCapacity: 200,
  hiddenSizes: [8],
  checkpointEvery: 4,
} satisfies Td3Options;

/** Bytes of the last checkpoint, the best policy, the last one, the metrics and the replay buffer. */
function bytesOf(directory: string): string[] {
  const { best, metrics, policy, replay } = runPaths(directory);
  const last = listCheckpoints(directory).at(-1)!;
  expect(last.step).toBe(600);
  return [last.path, best, policy, metrics, replay].map((path) => readFileSync(path, 'hex'));
}

test('stopped or killed and resumed, the bytes are the same', async () => {
  const root = temporaryDirectory();
  const run = (name: string, hooks: EnvironmentHooks = {}) =>
    train(short, { ...pointMass(7), runDirectory: join(root, name), ...hooks });
  await run('whole', {
    onProgress: ({ step }) =>
      step === 14 * 30 && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
  });
  await run('killed', { resume: true });
  expect(bytesOf(join(root, 'killed'))).toEqual(bytesOf(join(root, 'whole')));
  const abort = new AbortController();
  const stop: EnvironmentHooks = { signal: abort.signal, onProgress: ({ step }) => step === 7 * 30 && abort.abort() };
  expect(await run('stopped', stop)).toMatchObject({ stopped: true, steps: 7 * 30 });
  await run('stopped', { resume: true });
  expect(bytesOf(join(root, 'stopped'))).toEqual(bytesOf(join(root, 'whole')));
});

test('the policy comes back from its file and acts within the bounds', async () => {
  const directory = join(temporaryDirectory(), 'run');
  const { policy } = await train(short, { ...pointMass(), runDirectory: directory });
  const loaded = await loadPolicy(directory, { environment: 'PointMass-v0' });
  expect(loaded.tensors()).toEqual(policy.tensors());
  for (const place of [-100, -1, 0, 1, 100]) {
    const [action] = loaded.act([place], { deterministic: true });
    expect(Math.abs(action)).toBeLessThanOrEqual(1);
    expect(action).toBe(policy.act([place], { deterministic: true })[0]);
  }
});

test('wrong options and environments without continuous actions are errors of one sentence', async () => {
  const wrong = (options: object) => train({ ...short, ...options } as Td3Options, pointMass());
  await expect(wrong({ tau: 0 })).rejects.toThrow(/^The TD3 option tau is 0, .*\.$/);
  await expect(wrong({ polcyDelay: 3 })).rejects.toThrow('did you mean policyDelay?');
  const discrete = { makeVectorEnv: () => createPointMass({ discrete: true }) };
  await expect(train(short, discrete)).rejects.toThrow('TD3 learns continuous actions');
});
