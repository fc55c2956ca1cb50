import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EnvironmentHooks,
  evaluatePolicy,
  listCheckpoints,
  loadPolicy,
  type Metrics,
  readRunMetrics,
  readRunSummary,
  runPaths,
} from '@understudy/training';
import { createPointMass, type PointMassOptions } from '@understudy/training/testing/point-mass';
import { expect, onTestFinished, test } from 'vitest';
import type { TrpoOptions } from './config.ts';
import { train } from './train.ts';

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-trpo-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const learning = {
  environment: 'PointMass-v0',
  totalSteps: 16_000,
  steps: 64,
  maxKl: 0.03,
  gamma: 0.9,
  hiddenSizes: [32],
} satisfies TrpoOptions;

const pointMass = (options: PointMassOptions = {}): EnvironmentHooks => ({
  makeVectorEnv: () => createPointMass(options),
});

test.each([{ discrete: false }, { discrete: true }])(
  'learns to go to the target, within delta at every step: %o',
  async (options) => {
    const lines: Metrics[] = [];
    const { policy, results } = await train(learning, {
      ...pointMass(options),
      onProgress: ({ metrics }) => lines.push(metrics),
    });
    const evaluation = await evaluatePolicy(policy, createPointMass(options), { episodes: 40, seed: 9 });
    // A start 1 away on average costs about .5 before the target is reached; standing still costs 10 an episode.
    expect(evaluation.mean).toBeGreaterThan(options.discrete ? -3.5 : -1.5);
    expect(results.meanReturn).toBeGreaterThan(-6);
    expect(lines).toHaveLength(63);
    for (const { kl, stepFraction, improvement, cgResidual } of lines as Record<string, number>[]) {
      expect(kl).toBeGreaterThanOrEqual(0);
      expect(kl).toBeLessThanOrEqual(0.03);
      expect(stepFraction === 0 ? improvement === 0 : improvement > 0).toBe(true);
      expect(cgResidual).toBeLessThan(1);
    }
    expect(lines.filter(({ stepFraction }) => (stepFraction as number) > 0.5).length).toBeGreaterThan(50);
  },
);

const short = {
  environment: 'PointMass-v0',
  seed: 5,
  totalSteps: 20 * 64,
  steps: 16,
  valueEpochs: 3,
  valueBatchSize: 20,
  blockSize: 30,
  hiddenSizes: [8],
  checkpointEvery: 4,
} satisfies TrpoOptions;

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
  const { policy } = await train(short, { ...pointMass(), runDirectory: directory });
  const metrics = readRunMetrics(directory);
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => 64 * (i + 1)));
  const summary = readRunSummary(directory);
  expect(summary).toMatchObject({ algorithm: 'trpo', status: 'finished', steps: 1280, results: { episodes: 128 } });
  const loaded = await loadPolicy(directory, { environment: 'PointMass-v0' });
  expect(loaded.tensors()).toEqual(policy.tensors());
  expect(loaded.metadata).toEqual({
    algorithm: 'trpo',
    environment: 'PointMass-v0',
    observationSize: 1,
    actionSize: 1,
  });
});

test('a rollout is rounded up to whole ones, and may be smaller than a minibatch', async () => {
  const result = await train({ ...short, totalSteps: 100, valueBatchSize: 1000 }, pointMass());
  expect(result.steps).toBe(128);
});

test('wrong options are errors of one sentence', async () => {
  const wrong = (options: object) => train({ ...short, ...options } as TrpoOptions, pointMass());
  await expect(wrong({ maxKl: 0 })).rejects.toThrow(/^The TRPO option maxKl is 0, .*\.$/);
  await expect(wrong({ maxKL: 0.1 })).rejects.toThrow(/^TRPO has no option maxKL; did you mean maxKl\?$/);
  await expect(wrong({ backtrackFactor: 1 })).rejects.toThrow(/^The TRPO option backtrackFactor is 1, /);
  await expect(wrong({ hiddenSizes: [64, 0.5] })).rejects.toThrow(/hiddenSizes\.1 is 0\.5/);
});
