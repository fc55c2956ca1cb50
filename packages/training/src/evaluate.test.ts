import { Box, Discrete, MultiBinary, type Space, SyncVectorEnv } from '@understudy/gym';
import { expect, test } from 'vitest';
import { evaluatePolicy, summarizeReturns } from './evaluate.ts';
import type { Policy } from './policy.ts';
import { createRandomPolicy } from './random-policy.ts';
import { actionGenerator } from './seeding.ts';
import { RampEnv } from './testing/ramp-env.ts';
import { ReachEnv } from './testing/reach-env.ts';

/** Acts with the fraction of the observation's first component: the offset that the episode was reset to. */
const offsetPolicy: Policy = {
  metadata: { algorithm: 'test', environment: 'Ramp-v0', observationSize: 2, actionSize: 1 },
  act: (observation) => Float32Array.of(observation[0] % 1),
  actBatch(observations, count, actions) {
    for (let i = 0; i < count; i++) actions[i] = observations[2 * i] % 1;
  },
};

const randomPolicy = () =>
  createRandomPolicy({
    environment: 'Ramp-v0',
    observationSpace: new RampEnv().observationSpace,
    actionSpace: new RampEnv().actionSpace,
  });

test('returns are sums of raw rewards, one an episode, with mean and deviation', async () => {
  const result = await evaluatePolicy(offsetPolicy, new RampEnv({ length: 3 }), { episodes: 4, seed: 1 });
  expect(result.lengths).toEqual([3, 3, 3, 3]);
  for (const value of result.returns) expect(value % 1).not.toBe(0);
  expect(Math.floor(result.mean / 10)).toBe(3);
  expect(result).toMatchObject({ episodes: 4, stopped: false, ...summarizeReturns(result.returns) });
  expect(summarizeReturns([1, 3])).toEqual({ mean: 2, std: 1 });
});

test('the seed decides the episodes, and one seed covers them all', async () => {
  const run = async (seed: number) =>
    (await evaluatePolicy(offsetPolicy, new RampEnv(), { episodes: 3, seed })).returns;
  expect(await run(5)).toEqual(await run(5));
  expect(await run(5)).not.toEqual(await run(6));
  expect(new Set(await run(5)).size).toBe(3);
});

test.each(['same-step', 'next-step', 'disabled'] as const)(
  'side by side in %s mode: as the same environments one by one',
  async (mode) => {
    const envs = () => [new RampEnv({ length: 3 }), new RampEnv({ length: 7 })];
    const result = await evaluatePolicy(offsetPolicy, new SyncVectorEnv(envs(), { autoresetMode: mode }), {
      episodes: 5,
      seed: 1,
    });
    const alone = async (index: number, episodes: number) =>
      evaluatePolicy(offsetPolicy, envs()[index], { episodes, seed: 1 + index });
    const [first, second] = [await alone(0, 2), await alone(1, 3)];
    expect(result.lengths).toEqual([3, 3, 7, 7, 7]);
    [...first.returns, ...second.returns].forEach((value, i) => {
      expect(result.returns[i]).toBeCloseTo(value, 4);
    });
  },
);

test('every step is told with the observation its action was chosen for', async () => {
  const seen: number[][] = [];
  await evaluatePolicy(offsetPolicy, new RampEnv({ length: 2, ending: 'terminated' }), {
    episodes: 2,
    seed: 1,
    onStep: ({ episode, step, observation, reward, terminated, info }) =>
      seen.push([episode, step, Math.floor(observation[0]), Math.floor(reward), Number(terminated), Number(info.step)]),
  });
  expect(seen).toEqual([
    [0, 0, 0, 0, 0, 1],
    [0, 1, 1, 10, 1, 2],
    [1, 0, 0, 0, 0, 1],
    [1, 1, 1, 10, 1, 2],
  ]);
});

test('a random policy samples uniformly within the bounds, by the evaluation seed', async () => {
  const actions: number[] = [];
  const run = (seed: number) =>
    evaluatePolicy(randomPolicy(), new RampEnv({ length: 500 }), {
      episodes: 2,
      seed,
      onStep: ({ action }) => actions.push(action[0]),
    });
  const first = await run(3);
  expect((await run(3)).returns).toEqual(first.returns);
  expect(Math.min(...actions)).toBeLessThan(-0.98);
  expect(Math.max(...actions)).toBeGreaterThan(0.98);
  expect(Math.abs(summarizeReturns(actions).mean)).toBeLessThan(0.1);
  expect(summarizeReturns(actions).std).toBeCloseTo(1 / Math.sqrt(3), 1);
});

test('a random policy needs bounds, and choices that count from 0', async () => {
  const { observationSpace } = new RampEnv();
  const over = (actionSpace: Space) => () =>
    createRandomPolicy({ environment: 'Ramp-v0', observationSpace, actionSpace });
  expect(over(new Box({ low: 0, high: Infinity, shape: [1] }))).toThrow(/no bounds/);
  expect(over(new Discrete(3, { start: 1 }))).toThrow(/doesn't count from 0/);
  expect(over(new MultiBinary(2))).toThrow(/neither a Box nor Discrete/);
  const { generator, seen } = { generator: actionGenerator(0), seen: new Set<number>() };
  const policy = over(new Discrete(3))();
  for (let i = 0; i < 50; i++) seen.add(policy.act([0, 0], { generator })[0]);
  expect([...seen].sort()).toEqual([0, 1, 2]);
});

test('an abort returns the episodes finished so far', async () => {
  const abort = new AbortController();
  const result = await evaluatePolicy(offsetPolicy, new RampEnv(), {
    episodes: 9,
    seed: 0,
    signal: abort.signal,
    onEpisode: ({ finished }) => finished === 2 && abort.abort(),
  });
  expect(result).toMatchObject({ episodes: 2, stopped: true });
});

test('wrong arguments are errors of one sentence', async () => {
  const foreign = {
    ...offsetPolicy,
    metadata: { ...offsetPolicy.metadata, environment: 'Ant-v5', observationSize: 9 },
  };
  const evaluate = (policy: Policy, episodes: number, seed: number) =>
    evaluatePolicy(policy, new RampEnv(), { episodes, seed });
  await expect(evaluate(foreign, 1, 0)).rejects.toThrow(/made for Ant-v5 .* can't act in Ramp-v0/);
  await expect(evaluate(offsetPolicy, -1, 0)).rejects.toThrow(/episodes is -1/);
  await expect(evaluate(offsetPolicy, 1, 0.5)).rejects.toThrow(/seed is 0.5/);
});

test('observations that are dictionaries are flattened, and successes of goals counted where infos tell them', async () => {
  const metadata = { algorithm: 'test', environment: 'Reach-v0', observationSize: 3, actionSize: 1 };
  // Flat, the goals come first, the achieved one before the desired one.
  const act = (observation: ArrayLike<number>) =>
    Float32Array.of(Math.min(Math.max(4 * (observation[1] - observation[0]), -1), 1));
  const seeker: Policy = { metadata, act, actBatch: () => {} };
  const stander: Policy = { metadata, act: () => Float32Array.of(0), actBatch: () => {} };
  const options = { episodes: 30, seed: 3 };
  const reached = await evaluatePolicy(seeker, new ReachEnv(), options);
  expect(reached.successRate).toBe(1);
  // Who stands still is right for the goals within 0.1 of the start, and for no step of the others.
  const stood = await evaluatePolicy(stander, new ReachEnv(), options);
  expect(stood.successRate).toBe(stood.returns.filter((value) => value === 0).length / 30);
  expect(stood.successRate).toBeLessThan(0.5);
  expect(await evaluatePolicy(offsetPolicy, new RampEnv(), options)).not.toHaveProperty('successRate');
});
