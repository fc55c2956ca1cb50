import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluatePolicy, loadPolicy, recordEpisodes } from '@understudy/training';
import { describeOffPolicyTraining, shortTraining } from '@understudy/training/testing/off-policy-training';
import { ReachEnv } from '@understudy/training/testing/reach-env';
import { expect, onTestFinished, test } from 'vitest';
import type { DdpgHerOptions } from './config.ts';
import { reach } from './testing/reach.ts';
import { train } from './train.ts';

test('learns to reach goals from rewards that only tell of success', async () => {
  const { policy, results } = await train(
    {
      environment: 'Reach-v0',
      seed: 1,
      totalSteps: 2400,
      iterationSteps: 400,
      warmupSteps: 400,
      batchSize: 64,
      updatesPerStep: 0.5,
      gamma: 0.9,
      hiddenSizes: [32, 32],
    },
    reach(),
  );
  const evaluation = await evaluatePolicy(policy, new ReachEnv(), { episodes: 50, seed: 9 });
  // A goal is within 0.1 of the start once in ten, so that a policy without skill is at 0.1 or thereabouts.
  expect(evaluation.successRate).toBeGreaterThan(0.95);
  expect(evaluation.mean).toBeGreaterThan(-3);
  expect(results.successRate).toBeGreaterThan(0.5);
});

describeOffPolicyTraining({
  algorithm: 'DDPG+HER',
  environment: 'Reach-v0',
  train,
  makeHooks: (horizon) => reach({ horizon }),
  observations: [-100, -1, 0, 1, 100].map((goal) => [0, goal, 0]),
  misspelt: ['goalPerTransition', 'goalsPerTransition'],
});

const short = { ...shortTraining, environment: 'Reach-v0' };

test('the policy comes back from its file with its normaliser, and acts on dictionaries', async () => {
  const root = mkdtempSync(join(tmpdir(), 'understudy-ddpg-her-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, 'run');
  const { policy } = await train(short, { ...reach(), runDirectory: directory });
  const loaded = await loadPolicy(directory, { environment: 'Reach-v0' });
  expect(loaded.tensors().map(([name]) => name)).toContain('observation.mean');
  const options = { episodes: 3, seed: 2 };
  const { returns } = await evaluatePolicy(policy, new ReachEnv(), options);
  expect((await evaluatePolicy(loaded, new ReachEnv(), options)).returns).toEqual(returns);
  const recording = await recordEpisodes(loaded, new ReachEnv(), { ...options, deterministic: true });
  expect(recording.returns).toEqual(returns);
});

test('environments without goals and wrong options are errors of one sentence', async () => {
  const wrong = (options: object, hooks = reach()) => train({ ...short, ...options } as DdpgHerOptions, hooks);
  await expect(wrong({ nStep: 3 })).rejects.toThrow('DDPG+HER has no option nStep');
  await expect(wrong({}, reach({ successReward: 1 }))).rejects.toThrow(
    'Reaching a goal of Reach-v0 earns 1, and clipped targets are for rewards from -1 to 0; set clipTargets to false.',
  );
  expect(await wrong({ clipTargets: false, totalSteps: 90 }, reach({ successReward: 1 }))).toMatchObject({ steps: 90 });
  let closed = false;
  const { observationSpace, ...flat } = new ReachEnv();
  const goalless = { ...flat, id: 'Flat-v0', observationSpace: observationSpace.spaces.observation } as never;
  Object.assign(goalless, { unwrapped: goalless, close: () => (closed = true) });
  const hooks = { ...reach(), makeGoalEnv: () => goalless };
  await expect(wrong({}, hooks)).rejects.toThrow('DDPG+HER learns to reach goals, and Flat-v0 shows none');
  expect(closed).toBe(true);
});
