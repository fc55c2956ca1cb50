import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EnvironmentHooks,
  evaluatePolicy,
  listCheckpoints,
  loadPolicy,
  readRunMetrics,
  readRunSummary,
  runPaths,
} from '@understudy/training';
import { createPointMass, type PointMassOptions } from '@understudy/training/testing/point-mass';
import { expect, onTestFinished, test } from 'vitest';
import type { PpoOptions } from './config.ts';
import { train } from './train.ts';

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-ppo-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const learning = {
  environment: 'PointMass-v0',
  totalSteps: 16_000,
  steps: 128,
  minibatches: 8,
  learningRate: 3e-3,
  gamma: 0.9,
  hiddenSizes: [32],
} satisfies PpoOptions;

const pointMass = (options: PointMassOptions = {}): EnvironmentHooks => ({
  makeVectorEnv: () => createPointMass(options),
});

test.each([{ discrete: false }, { discrete: true }])('learns to go to the target: %o', async (options) => {
  const { policy, results } = await train(learning, pointMass(options));
  const evaluation = await evaluatePolicy(policy, createPointMass(options), { episodes: 40, seed: 9 });
  // A start 1 away on average costs about .5 before the target is reached; standing still costs 10 an episode.
  expect(evaluation.mean).toBeGreaterThan(options.discrete ? -3.5 : -1.5);
  expect(results.meanReturn).toBeGreaterThan(-6);
});

const short = {
  environment: 'PointMass-v0',
  seed: 5,
  totalSteps: 20 * 64,
  steps: 16,
  epochs: 3,
  minibatches: 4,
  hiddenSizes: [8],
  checkpointEvery: 4,
} satisfies PpoOptions;

/** Bytes of the last checkpoint, the best policy, the last one and the metrics. */
function bytesOf(directory: string): string[] {
  const { best, metrics, policy } = runPaths(directory);
  const last = listCheckpoints(directory).at(-1)!;
  expect(last.step).toBe(20 * 64);
  return [last.path, best, policy, metrics].map((path) => readFileSync(path, 'hex'));
}

test.each([{ discrete: false }, { discrete: true }])(
  'stopped or killed and resumed, the bytes are the same: %o',
  async (options) => {
    const root = temporaryDirectory();
    const run = (name: string, hooks: EnvironmentHooks = {}) =>
      train(short, { ...pointMass({ horizon: 7, ...options }), runDirectory: join(root, name), ...hooks });
    await run('whole', {
      onProgress: ({ step }) =>
        step === 14 * 64 && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
    });
    await run('again');
    expect(bytesOf(join(root, 'again'))).toEqual(bytesOf(join(root, 'whole')));
    await run('killed', { resume: true });
    expect(bytesOf(join(root, 'killed'))).toEqual(bytesOf(join(root, 'whole')));
    const abort = new AbortController();
    const stop: EnvironmentHooks = { signal: abort.signal, onProgress: ({ step }) => step === 7 * 64 && abort.abort() };
    expect(await run('stopped', stop)).toMatchObject({ stopped: true, steps: 7 * 64 });
    await run('stopped', { resume: true });
    expect(bytesOf(join(root, 'stopped'))).toEqual(bytesOf(join(root, 'whole')));
  },
);

test('another seed gives other bytes', async () => {
  const tensorsOf = async (seed: number) => (await train({ ...short, seed }, pointMass())).policy.tensors();
  expect(await tensorsOf(1)).toEqual(await tensorsOf(1));
  expect(await tensorsOf(1)).not.toEqual(await tensorsOf(2));
});

test('the run directory shows the training and holds the policy', async () => {
  const directory = join(temporaryDirectory(), 'run');
  const { policy } = await train({ ...short, annealLearningRate: true }, { ...pointMass(), runDirectory: directory });
  const metrics = readRunMetrics(directory);
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => 64 * (i + 1)));
  expect(metrics.map(({ learningRate }) => learningRate)).toEqual(
    Array.from({ length: 20 }, (_, i) => 3e-4 * (1 - i / 20)),
  );
  const summary = readRunSummary(directory);
  expect(summary).toMatchObject({ algorithm: 'ppo', status: 'finished', steps: 1280, results: { episodes: 128 } });
  const loaded = await loadPolicy(directory, { environment: 'PointMass-v0' });
  expect(loaded.tensors()).toEqual(policy.tensors());
  expect(loaded.metadata).toEqual({ algorithm: 'ppo', environment: 'PointMass-v0', observationSize: 1, actionSize: 1 });
});

test('a KL divergence above the target ends the passes of a rollout', async () => {
  const passes = async (targetKl: number | null) => {
    const directory = join(temporaryDirectory(), 'run');
    const options = { ...short, epochs: 10, learningRate: 0.05, targetKl };
    await train(options, { ...pointMass(), runDirectory: directory });
    return readRunMetrics(directory);
  };
  expect((await passes(null)).every(({ epochs }) => epochs === 10)).toBe(true);
  const stopped = await passes(0.02);
  expect(stopped.some(({ epochs }) => (epochs as number) < 10)).toBe(true);
  for (const { epochs, kl } of stopped) expect(epochs === 10 || (kl as number) > 0.02).toBe(true);
});

test('a rollout is rounded up to whole ones, and the last minibatch may be smaller', async () => {
  const result = await train({ ...short, totalSteps: 100, minibatches: 7 }, pointMass());
  expect(result.steps).toBe(128);
});

test('wrong options are errors of one sentence', async () => {
  const wrong = (options: object) => train({ ...short, ...options } as PpoOptions, pointMass());
  await expect(wrong({ steps: -1 })).rejects.toThrow(/^The PPO option steps is -1, .*\.$/);
  await expect(wrong({ lambd: 0.9 })).rejects.toThrow(/^PPO has no option lambd; did you mean lambda\?$/);
  await expect(wrong({ gamma: 1.5 })).rejects.toThrow(/^The PPO option gamma is 1.5, /);
  await expect(wrong({ hiddenSizes: [64, 0.5] })).rejects.toThrow(/hiddenSizes\.1 is 0\.5/);
});
