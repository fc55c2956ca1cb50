import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Env, SyncVectorEnv } from '@understudy/gym';
import { evaluatePolicy, listCheckpoints, loadPolicy, recordEpisodes, runPaths } from '@understudy/training';
import { ReachEnv, type ReachOptions } from '@understudy/training/testing/reach-env';
import { expect, onTestFinished, test } from 'vitest';
import type { DdpgHerOptions } from './config.ts';
import { type GoalEnvironmentHooks, train } from './train.ts';

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-ddpg-her-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const vectorOf = (create: () => Env<never, never>) =>
  new SyncVectorEnv([create(), create()] as unknown as Env<unknown, unknown>[], { autoresetMode: 'same-step' });

const reach = (options: ReachOptions = {}): GoalEnvironmentHooks => {
  const create = () => new ReachEnv(options) as unknown as Env<never, never>;
  return { makeVectorEnv: () => vectorOf(create), makeGoalEnv: create };
};

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

const short = {
  environment: 'Reach-v0',
  seed: 5,
  totalSteps: 600,
  iterationSteps: 30,
  warmupSteps: 60,
  batchSize: 16,
  replayCapacity: 200,
  hiddenSizes: [8],
  checkpointEvery: 4,
} satisfies DdpgHerOptions;

/** Bytes of the last checkpoint, the best policy, the last one, the metrics and the replay buffer. */
function bytesOf(directory: string): string[] {
  const { best, metrics, policy, replay } = runPaths(directory);
  const last = listCheckpoints(directory).at(-1)!;
  expect(last.step).toBe(600);
  return [last.path, best, policy, metrics, replay].map((path) => readFileSync(path, 'hex'));
}

test('stopped or killed and resumed, the bytes are the same', async () => {
  const root = temporaryDirectory();
  const run = (name: string, hooks: GoalEnvironmentHooks = {}) =>
    train(short, { ...reach({ horizon: 7 }), runDirectory: join(root, name), ...hooks });
  await run('whole', {
    onProgress: ({ step }) =>
      step === 14 * 30 && cpSync(join(root, 'whole'), join(root, 'killed'), { recursive: true }),
  });
  await run('killed', { resume: true });
  expect(bytesOf(join(root, 'killed'))).toEqual(bytesOf(join(root, 'whole')));
  const abort = new AbortController();
  const stop: GoalEnvironmentHooks = {
    signal: abort.signal,
    onProgress: ({ step }) => step === 7 * 30 && abort.abort(),
  };
  expect(await run('stopped', stop)).toMatchObject({ stopped: true, steps: 7 * 30 });
  await run('stopped', { resume: true });
  expect(bytesOf(join(root, 'stopped'))).toEqual(bytesOf(join(root, 'whole')));
});

test('the policy comes back from its file with its normaliser, and acts on dictionaries', async () => {
  const directory = join(temporaryDirectory(), 'run');
  const { policy } = await train(short, { ...reach(), runDirectory: directory });
  const loaded = await loadPolicy(directory, { environment: 'Reach-v0' });
  expect(loaded.tensors()).toEqual(policy.tensors());
  expect(loaded.tensors().map(([name]) => name)).toContain('observation.mean');
  for (const goal of [-100, -1, 0, 1, 100]) {
    const [action] = loaded.act([0, goal, 0], { deterministic: true });
    expect(Math.abs(action)).toBeLessThanOrEqual(1);
    expect(action).toBe(policy.act([0, goal, 0], { deterministic: true })[0]);
  }
  const options = { episodes: 3, seed: 2 };
  const { returns } = await evaluatePolicy(policy, new ReachEnv(), options);
  expect((await evaluatePolicy(loaded, new ReachEnv(), options)).returns).toEqual(returns);
  const recording = await recordEpisodes(loaded, new ReachEnv(), { ...options, deterministic: true });
  expect(recording.returns).toEqual(returns);
});

test('environments without goals and wrong options are errors of one sentence', async () => {
  const wrong = (options: object, hooks = reach()) => train({ ...short, ...options } as DdpgHerOptions, hooks);
  await expect(wrong({ tau: 0 })).rejects.toThrow(/^The DDPG\+HER option tau is 0, .*\.$/);
  await expect(wrong({ goalPerTransition: 3 })).rejects.toThrow('did you mean goalsPerTransition?');
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
