import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnvironmentHooks, evaluatePolicy, readRunMetrics } from '@understudy/training';
import { describeOffPolicyTraining } from '@understudy/training/testing/off-policy-training';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { expect, onTestFinished, test } from 'vitest';
import { train } from './train.ts';

const makeHooks = (horizon = 10): EnvironmentHooks => ({ makeVectorEnv: () => createPointMass({ count: 2, horizon }) });

test('learns to go to the target, and the temperature goes to its entropy', async () => {
  const root = mkdtempSync(join(tmpdir(), 'understudy-sac-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, 'run');
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
    { ...makeHooks(), runDirectory: directory },
  );
  const evaluation = await evaluatePolicy(policy, createPointMass(), { episodes: 40, seed: 9 });
  // A start 1 away on average costs about .5 before the target is reached; standing still costs 10 an episode.
  expect(evaluation.mean).toBeGreaterThan(-1.5);
  const { entropy, temperature } = readRunMetrics(directory).at(-1)!;
  expect(entropy).toBeGreaterThan(-1.6);
  expect(entropy).toBeLessThan(-0.4);
  expect(temperature).toBeLessThan(0.5);
});

describeOffPolicyTraining({
  algorithm: 'SAC',
  environment: 'PointMass-v0',
  train: (options, hooks) => train({ ...options, nStep: 2 }, hooks),
  makeHooks,
  observations: [[-100], [-1], [0], [1], [100]],
  misspelt: ['temprature', 'temperature'],
});

test('environments without continuous actions are errors of one sentence', async () => {
  const discrete = { makeVectorEnv: () => createPointMass({ discrete: true }) };
  await expect(train({ environment: 'PointMass-v0' }, discrete)).rejects.toThrow('SAC learns continuous actions');
});
