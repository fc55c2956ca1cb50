import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRunConfig, readRunMetrics, readRunSummary, runPaths, type TrainingHooks } from '@understudy/training';
import { expect, onTestFinished, test } from 'vitest';
import type { BcOptions } from './config.ts';
import { bimodalDemonstrations, linearDemonstrations, linearExpert } from './testing/toy-demonstrations.ts';
import { train } from './train.ts';

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-bc-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const linear = {
  environment: 'Linear-v0',
  hiddenSizes: [],
  learningRate: 0.02,
  batchSize: 128,
  epochs: 40,
} satisfies BcOptions;

test.each(['mse', 'gaussian'] as const)('recovers a linear expert by %s', async (loss) => {
  const { policy } = await train({ ...linear, loss }, linearDemonstrations(20, 200, 1));
  const base = [...policy.act([5, 5, 5], { deterministic: true })];
  for (let i = 0; i < 3; i++) {
    const observation = [5, 5, 5];
    observation[i] += 10 ** i;
    const action = policy.act(observation, { deterministic: true });
    for (let j = 0; j < 2; j++) expect(action[j] - base[j]).toBeCloseTo(linearExpert.matrix[2 * i + j], 1);
  }
  if (loss === 'mse') return;
  const logDeviations = new Map(policy.tensors()).get('log_standard_deviation')?.data ?? [];
  linearExpert.deviations.forEach((deviation, j) => {
    expect(Math.exp(Number(logDeviations[j])) / deviation).toBeCloseTo(1, 1);
  });
});

test('averages an expert of two modes: the failure that the lecture warns of', async () => {
  const options = { environment: 'Fork-v0', hiddenSizes: [16], learningRate: 1e-3, epochs: 30, patience: null };
  const { policy } = await train(options, bimodalDemonstrations(10_000, 4));
  for (const observation of [-0.8, 0, 0.8]) {
    expect(Math.abs(policy.act([observation], { deterministic: true })[0])).toBeLessThan(0.05);
  }
  const gaussian = await train({ ...options, loss: 'gaussian' }, bimodalDemonstrations(10_000, 4));
  const [, logDeviation] = gaussian.policy.tensors().filter(([name]) => /1\.bias|deviation/.test(name));
  expect(Math.exp(Number(logDeviation[1].data[0]))).toBeCloseTo(1, 1);
});

test('ends early, with the weights of the best epoch', async () => {
  const directory = join(temporaryDirectory(), 'run');
  // Few transitions and a large network: it soon learns the noise by heart.
  const options = { environment: 'Linear-v0', hiddenSizes: [128], learningRate: 0.01, batchSize: 16, patience: 4 };
  const demonstrations = linearDemonstrations(4, 15, 3);
  const result = await train({ ...options, validationFraction: 0.25 }, demonstrations, { runDirectory: directory });
  const losses = readRunMetrics(directory).map(({ validationLoss }) => validationLoss as number);
  const best = losses.indexOf(Math.min(...losses));
  expect(result.steps).toBe(best + 1 + 4);
  expect(result.steps).toBeLessThan(100);
  expect(result.results).toMatchObject({ bestEpoch: best + 1, bestLoss: losses[best], validationTransitions: 15 });
  // A run that ends at the best epoch has the same weights.
  const short = await train({ ...options, validationFraction: 0.25, epochs: best + 1 }, demonstrations);
  expect(short.policy.tensors()).toEqual(result.policy.tensors());
});

test('without validation the last weights count', async () => {
  const demonstrations = linearDemonstrations(2, 50, 3);
  const result = await train({ ...linear, validationFraction: 0, epochs: 7, patience: 1 }, demonstrations);
  expect(result.steps).toBe(7);
  expect(result.results).toMatchObject({ bestEpoch: 7, validationTransitions: 0 });
});

test('weight decay shrinks the weights', async () => {
  const norm = async (weightDecay: number) => {
    const { policy } = await train({ ...linear, weightDecay, patience: null }, linearDemonstrations(5, 100, 1));
    const weights = new Map(policy.tensors()).get('actor.0.weight')?.data as Float32Array;
    return weights.reduce((sum, weight) => sum + weight ** 2, 0);
  };
  expect(await norm(1)).toBeLessThan(0.9 * (await norm(0)));
});

const small = {
  environment: 'Linear-v0',
  hiddenSizes: [8],
  epochs: 12,
  checkpointEvery: 3,
  patience: null,
} satisfies BcOptions;
const demonstrations = () => linearDemonstrations(5, 60, 2);

/** Bytes of the last checkpoint, the best policy and the metrics. */
function bytesOf(directory: string): string[] {
  const { best, checkpoints, metrics, policy } = runPaths(directory);
  const last = join(checkpoints, 'checkpoint-000000000012.safetensors');
  return [last, best, policy, metrics].map((path) => readFileSync(path, 'hex'));
}

test('stopped or killed and resumed: the bytes of a training that went through', async () => {
  const root = temporaryDirectory();
  const run = (name: string, hooks: TrainingHooks = {}) =>
    train(small, demonstrations(), { runDirectory: join(root, name), ...hooks });
  await run('whole', {
    onProgress: ({ step }) => step === 8 && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
  });
  await run('again');
  expect(bytesOf(join(root, 'again'))).toEqual(bytesOf(join(root, 'whole')));
  await run('killed', { resume: true });
  expect(bytesOf(join(root, 'killed'))).toEqual(bytesOf(join(root, 'whole')));
  const abort = new AbortController();
  const stopped = await run('stopped', { signal: abort.signal, onProgress: ({ step }) => step === 5 && abort.abort() });
  expect(stopped).toMatchObject({ stopped: true, steps: 5 });
  await run('stopped', { resume: true });
  expect(bytesOf(join(root, 'stopped'))).toEqual(bytesOf(join(root, 'whole')));
});

test('a run directory tells the demonstrations, and refuses others', async () => {
  const directory = join(temporaryDirectory(), 'run');
  await train(small, demonstrations(), { runDirectory: directory });
  expect(readRunConfig(directory).config).toMatchObject({ loss: 'mse', demonstrations: { transitions: 300 } });
  expect(readRunSummary(directory)).toMatchObject({ algorithm: 'bc', unit: 'epochs', steps: 12, status: 'finished' });
  const other = { runDirectory: directory, resume: true };
  await expect(train(small, linearDemonstrations(5, 60, 9), other)).rejects.toThrow(/another demonstrations;/);
});

test('wrong options are errors of one sentence', async () => {
  const wrong = (options: object) => train({ ...linear, ...options } as BcOptions, demonstrations());
  await expect(wrong({ epochs: -1 })).rejects.toThrow(/BC option epochs is -1/);
  await expect(wrong({ epoch: 1 })).rejects.toThrow(/BC has no option epoch; did you mean epochs\?/);
  await expect(wrong({ loss: 'l1' })).rejects.toThrow(/BC option loss is "l1"/);
});
