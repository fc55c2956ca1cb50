import { setTimeout } from 'node:timers/promises';
import { tensorOf } from '@understudy/nn';
import { defaultRng } from '@understudy/random';
import {
  type CreateShardCollector,
  LocalShards,
  ObservationNormalizer,
  RewardNormalizer,
  type Rollout,
  type ShardAgent,
  ShardCollector,
  ShardedRollouts,
  type ShardPlan,
  type ShardService,
  splitShards,
} from '@understudy/training';
import { createPointMass } from '@understudy/training/testing/point-mass';
import type { Collecting } from '../worker-options.ts';

/** A plan to collect the point mass, for tests. */
export function pointMassPlan(plan: Partial<ShardPlan> & { envs?: number; parts?: number } = {}): ShardPlan {
  const { envs = 4, parts = 2, ...others } = plan;
  return {
    algorithm: 'test',
    environment: 'PointMass-v0',
    environmentOptions: {},
    config: { envs, parts },
    kernels: 'wasm',
    shards: splitShards(envs, parts),
    steps: 8,
    observationSize: 1,
    actionSize: 1,
    normalizesObservations: true,
    normalizesRewards: true,
    staleness: 0,
    iterations: 6,
    ...others,
  };
}

/** Goes against the observation, as strongly as the policy says, with noise. */
function createAgent(delay: number): ShardAgent {
  let gain = 0;
  return {
    load: ({ tensors }) => {
      gain = Number(tensors.get('gain')?.data[0]);
    },
    act(observations, count, generator, actions, logProbabilities) {
      for (let i = 0; i < count; i++) {
        actions[i] = -gain * observations[i] + 0.3 * generator.standardNormal();
        logProbabilities[i] = -actions[i];
      }
      return delay > 0 ? setTimeout(delay) : undefined;
    },
  };
}

/** Makes a shard's collector; `delay` holds up every step for so many milliseconds. */
export function createPointMassCollector({ shards, steps }: ShardPlan, delay = 0): CreateShardCollector {
  return async (index) =>
    new ShardCollector(createPointMass({ count: shards[index].count, horizon: 5 }), {
      shard: shards[index],
      steps,
      seed: 3,
      agent: createAgent(delay),
      generator: defaultRng(100 + index),
      observationNormalizer: { clip: 10 },
      rewardNormalizer: { gamma: 0.9, clip: 10 },
      actionBounds: { low: [-1], high: [1] },
    });
}

/** What a worker prepares for a plan. */
export const preparePointMass = (plan: ShardPlan, delay?: number) => async (): Promise<Collecting> => ({
  createCollector: createPointMassCollector(plan, delay),
});

/**
 * A training that learns nothing, but whose every policy depends on all that was collected before.
 *
 * @returns A text of everything that came out.
 */
export async function runTraining(plan: ShardPlan, service: ShardService): Promise<string> {
  const count = plan.shards.reduce((sum, shard) => sum + shard.count, 0);
  const gain = Float32Array.of(0.5);
  const observationNormalizer = new ObservationNormalizer(1);
  const rewardNormalizer = new RewardNormalizer(count, { gamma: 0.9 });
  const rollouts = new ShardedRollouts(plan, service, {
    policyTensors: () => [['gain', tensorOf(gain)]],
    observationNormalizer,
    rewardNormalizer,
  });
  const texts: string[] = [];
  for (let iteration = 0; iteration < plan.iterations; iteration++) {
    const rollout = await rollouts.collect(iteration);
    texts.push(describe(rollout));
    gain[0] += 0.01 * rollout.rewards.reduce((sum, reward) => sum + reward, 0);
  }
  const tensors = [...observationNormalizer.tensors(), ...rewardNormalizer.tensors(), ...rollouts.tensors()];
  texts.push(JSON.stringify(tensors.map(([name, { data }]) => [name, [...data].map(String)])));
  texts.push(JSON.stringify(rollouts.save()));
  return texts.join('\n');
}

/** What the same training gives in one process. */
export function runHere(plan: ShardPlan): Promise<string> {
  return runTraining(plan, new LocalShards(plan, createPointMassCollector(plan)));
}

function describe(rollout: Rollout): string {
  const { truncations, truncatedRows, finalObservations, ...others } = rollout;
  return JSON.stringify([
    Object.entries(others).map(([name, value]) => [name, typeof value === 'number' ? value : [...value]]),
    [...truncatedRows.subarray(0, truncations)],
    [...finalObservations.subarray(0, truncations)],
  ]);
}
