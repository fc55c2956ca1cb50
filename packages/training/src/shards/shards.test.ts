import { SyncVectorEnv } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObservationNormalizer } from '../observation-normalizer.ts';
import { RewardNormalizer } from '../reward-normalizer.ts';
import { RolloutCollector } from '../rollout.ts';
import { RampEnv } from '../testing/ramp-env.ts';
import { LocalShards } from './local-shards.ts';
import { RolloutMerger } from './merge-rollouts.ts';
import { policyVersionOf, type ShardPlan, type ShardPolicy, splitShards } from './shard.ts';
import { type ShardAgent, ShardCollector, type ShardCollectorOptions } from './shard-collector.ts';
import { ShardedRollouts } from './sharded-rollouts.ts';

const steps = 7;

function makeEnv(count: number) {
  const envs = Array.from({ length: count }, () => new RampEnv({ length: 3 }));
  return new SyncVectorEnv(envs, { autoresetMode: 'same-step' });
}

/** Looks at the observation alone, so that it doesn't matter who is asked with whom. */
const agent: ShardAgent = {
  load() {},
  act(observations, count, _generator, actions, logProbabilities) {
    for (let i = 0; i < count; i++) {
      actions[i] = observations[2 * i] / 10;
      logProbabilities[i] = -observations[2 * i + 1];
    }
  },
};

function createCollector(envs: number, shards: number, options: Partial<ShardCollectorOptions> = {}) {
  return async (index: number) => {
    const shard = splitShards(envs, shards)[index];
    const generator = defaultRng(index);
    return new ShardCollector(makeEnv(shard.count), { shard, steps, seed: 11, agent, generator, ...options });
  };
}

function planOf(envs: number, shards: number, plan: Partial<ShardPlan> = {}): ShardPlan {
  return {
    algorithm: 'test',
    environment: 'Ramp-v0',
    environmentOptions: {},
    config: {},
    kernels: 'wasm',
    shards: splitShards(envs, shards),
    steps,
    observationSize: 2,
    actionSize: 1,
    normalizesObservations: false,
    normalizesRewards: false,
    staleness: 0,
    iterations: 10,
    ...plan,
  };
}

test('shards cover all environments, as evenly as can be', () => {
  expect(splitShards(7, 3)).toEqual([
    { index: 0, offset: 0, count: 3 },
    { index: 1, offset: 3, count: 2 },
    { index: 2, offset: 5, count: 2 },
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (envs, wanted) => {
      const shards = splitShards(envs, Math.min(envs, wanted));
      let next = 0;
      for (const { offset, count } of shards) {
        expect(offset).toBe(next);
        expect(count).toBeGreaterThanOrEqual(1);
        next += count;
      }
      expect(next).toBe(envs);
      expect(shards[0].count - (shards.at(-1)?.count ?? 0)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 50 },
  );
});

test.each([1, 2, 3, 5])('%i shards side by side are what one process steps together', async (shards) => {
  const plan = planOf(5, shards);
  const collector = new RolloutCollector(makeEnv(5), { steps });
  collector.reset(11);
  const rollouts = new ShardedRollouts(plan, new LocalShards(plan, createCollector(5, shards)), {
    policyTensors: () => [],
  });
  for (let iteration = 0; iteration < 3; iteration++) {
    const expected = collector.collect((observations, count, actions, logProbabilities) =>
      agent.act(observations, count, defaultRng(0), actions, logProbabilities),
    );
    const { truncations, truncatedRows, finalObservations, ...found } = await rollouts.collect(iteration);
    expect(found).toEqual({
      ...expected,
      truncations: undefined,
      truncatedRows: undefined,
      finalObservations: undefined,
    });
    const last = (rows: Int32Array, observations: Float32Array, count: number) =>
      Array.from({ length: count }, (_, i) => [rows[i], observations[2 * i], observations[2 * i + 1]]).sort(
        ([a], [b]) => a - b,
      );
    expect(last(truncatedRows, finalObservations, truncations)).toEqual(
      last(expected.truncatedRows, expected.finalObservations, expected.truncations),
    );
    expect(rollouts.episodes.tensors()).toEqual(collector.episodes.tensors());
  }
});

test('the running statistics of several shards are those of all that they saw', async () => {
  const plan = planOf(4, 3, { normalizesObservations: true, normalizesRewards: true });
  const observationNormalizer = new ObservationNormalizer(2);
  const rewardNormalizer = new RewardNormalizer(4, { gamma: 0.9 });
  // Actions that don't depend on what normalisation makes of the observations.
  const blind: ShardAgent = {
    load() {},
    act: (_observations, _count, _generator, actions) => void actions.fill(0.25),
  };
  const options = { agent: blind, observationNormalizer: { clip: 10 }, rewardNormalizer: { gamma: 0.9, clip: 10 } };
  const rollouts = new ShardedRollouts(plan, new LocalShards(plan, createCollector(4, 3, options)), {
    policyTensors: () => [],
    observationNormalizer,
    rewardNormalizer,
  });
  const together = new ObservationNormalizer(2);
  const rewards = new RewardNormalizer(4, { gamma: 0.9 });
  const collector = new RolloutCollector(makeEnv(4), {
    steps,
    observationNormalizer: together,
    rewardNormalizer: rewards,
  });
  collector.reset(11);
  for (let iteration = 0; iteration < 4; iteration++) {
    await rollouts.collect(iteration);
    collector.collect((_observations, _count, actions) => void actions.fill(0.25));
    for (const [found, expected] of [
      [observationNormalizer.statistics, together.statistics],
      [rewardNormalizer.statistics, rewards.statistics],
    ]) {
      expect(found.count).toBeCloseTo(expected.count, 9);
      for (let i = 0; i < found.size; i++) {
        expect(found.mean[i]).toBeCloseTo(expected.mean[i], 9);
        expect(found.variance[i] / expected.variance[i]).toBeCloseTo(1, 9);
      }
    }
    expect(rewardNormalizer.returns).toEqual(rewards.returns);
  }
});

test('rollouts are collected by the policy of so many updates ago, which is a copy', async () => {
  const seen: [iteration: number, version: number, gain: number][] = [];
  let iteration = 0;
  const noting: ShardAgent = {
    ...agent,
    load: ({ version, tensors }: ShardPolicy) => {
      seen.push([iteration, version, Number(tensors.get('gain')?.data[0])]);
    },
  };
  const plan = planOf(2, 1, { staleness: 2 });
  const gain = Float32Array.of(0);
  const rollouts = new ShardedRollouts(plan, new LocalShards(plan, createCollector(2, 1, { agent: noting })), {
    policyTensors: () => [['gain', { dtype: 'F32', shape: [1], data: gain }]],
  });
  for (; iteration < 5; iteration++) {
    await rollouts.collect(iteration);
    gain[0] += 1;
  }
  expect(seen).toEqual([
    [0, 0, 0],
    [1, 0, 0],
    [2, 0, 0],
    [3, 1, 1],
    [4, 2, 2],
  ]);
  expect(policyVersionOf(plan, 9)).toBe(7);
});

test('a checkpoint of other shards is refused', async () => {
  const rollouts = (shards: number) => {
    const plan = planOf(4, shards);
    return new ShardedRollouts(plan, new LocalShards(plan, createCollector(4, shards)), { policyTensors: () => [] });
  };
  const saved = rollouts(2);
  await saved.collect(0);
  const restore = () => rollouts(4).restore(new Map(saved.tensors()), saved.save());
  expect(restore).toThrow(/^The checkpoint is of 2 shards with 4 environments where 4 with 4 are expected/);
});

test('more truncations than environments fit into a merged rollout', () => {
  const shards = splitShards(2, 2);
  const merger = new RolloutMerger(shards, { steps: 3, observationSize: 1, actionSize: 1 });
  const results = shards.map(({ index }) => ({
    rollout: {
      ...{ steps: 3, count: 1, truncations: 3 },
      observations: new Float32Array(3),
      actions: new Float32Array(3),
      logProbabilities: new Float32Array(3),
      rewards: new Float32Array(3),
      terminated: new Uint8Array(3),
      truncated: new Uint8Array(3).fill(1),
      lastObservations: new Float32Array(1),
      truncatedRows: Int32Array.of(0, 1, 2),
      finalObservations: Float32Array.of(1, 2, 3).map((value) => value + 10 * index),
    },
    episodes: { rows: new Int32Array(0), returns: new Float64Array(0), lengths: new Float64Array(0) },
    state: {} as never,
  }));
  const { truncatedRows, finalObservations, truncations } = merger.merge(results);
  expect(truncations).toBe(6);
  expect([...truncatedRows.subarray(0, 6)]).toEqual([0, 2, 4, 1, 3, 5]);
  expect([...finalObservations.subarray(0, 6)]).toEqual([1, 2, 3, 11, 12, 13]);
});
