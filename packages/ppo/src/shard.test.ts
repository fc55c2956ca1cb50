import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CreateShardCollector,
  listCheckpoints,
  runPaths,
  type ShardPlan,
  type ShardPolicy,
  type ShardResult,
  type ShardService,
  type ShardState,
} from '@understudy/training';
import { createPointMass } from '@understudy/training/testing/point-mass';
import { expect, onTestFinished, test } from 'vitest';
import type { PpoOptions } from './config.ts';
import { type PpoHooks, train } from './train.ts';

const envs = 4;
const steps = 16;
const short = {
  environment: 'PointMass-v0',
  seed: 5,
  totalSteps: 12 * envs * steps,
  envs,
  steps,
  epochs: 2,
  minibatches: 4,
  hiddenSizes: [8],
  checkpointEvery: 4,
} satisfies PpoOptions;

const hooks = {
  makeVectorEnv: (wanted) => createPointMass({ horizon: 7, count: wanted?.count }),
} satisfies PpoHooks;

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'understudy-ppo-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Bytes of the last checkpoint, the best policy, the last one and the metrics. */
function bytesOf(directory: string): string[] {
  const { best, metrics, policy } = runPaths(directory);
  const last = listCheckpoints(directory).at(-1);
  expect(last?.step).toBe(12 * envs * steps);
  return [last?.path ?? '', best, policy, metrics].map((path) => readFileSync(path, 'hex'));
}

/** Every task by a collector that has never done anything, in whatever order, and some twice: the pure function. */
class ForgetfulShards implements ShardService {
  readonly plan: ShardPlan;
  readonly create: CreateShardCollector;
  readonly #policies: ShardPolicy[] = [];
  #states: (ShardState | undefined)[] = [];

  constructor(plan: ShardPlan, create: CreateShardCollector) {
    this.plan = plan;
    this.create = create;
  }

  start(_iteration: number, states: readonly (ShardState | undefined)[]): void {
    this.#states = [...states];
  }

  publish(policy: ShardPolicy): void {
    this.#policies[policy.version] = policy;
  }

  async collect(iteration: number): Promise<readonly ShardResult[]> {
    const policy = this.#policies[Math.max(0, iteration - this.plan.staleness)];
    const results: ShardResult[] = [];
    const order = iteration % 2 ? this.plan.shards.toReversed() : [...this.plan.shards, ...this.plan.shards];
    for (const { index } of order) {
      const collector = await this.create(index);
      const state = this.#states[index];
      // A state that went over a wire.
      results[index] = await collector.collect(policy, state ? structuredClone(state) : 'reset');
      collector.close();
    }
    this.#states = results.map(({ state }) => state);
    return results;
  }

  close(): void {}
}

const forgetful: PpoHooks = {
  ...hooks,
  openShards: async (plan, _actor, create) => new ForgetfulShards(plan, create),
};

test('one shard gives the bytes of a training without shards, checkpoints included', async () => {
  const root = temporaryDirectory();
  await train(short, { ...hooks, runDirectory: join(root, 'direct') });
  await train(short, { ...forgetful, runDirectory: join(root, 'shard') });
  expect(bytesOf(join(root, 'shard'))).toEqual(bytesOf(join(root, 'direct')));
});

test.each([
  { shards: 2, staleness: 0 },
  { shards: 3, staleness: 0 },
  { shards: 4, staleness: 2 },
  { shards: 1, staleness: 1 },
])('whoever collects, the bytes are the same, also after a kill: %o', async (sharding) => {
  const root = temporaryDirectory();
  const run = (name: string, own: PpoHooks) =>
    train({ ...short, ...sharding }, { ...own, runDirectory: join(root, name) });
  const copy = () => cpSync(join(root, 'local'), join(root, 'killed'), { recursive: true });
  await run('local', { ...hooks, onProgress: ({ step }) => step === 6 * envs * steps && copy() });
  await run('forgetful', forgetful);
  expect(bytesOf(join(root, 'forgetful'))).toEqual(bytesOf(join(root, 'local')));
  await run('killed', { ...forgetful, resume: true });
  expect(bytesOf(join(root, 'killed'))).toEqual(bytesOf(join(root, 'local')));
});

test('a run stopped before its first rollout is resumed by shards or without', async () => {
  const root = temporaryDirectory();
  const run = (name: string, own: PpoHooks) => train(short, { ...own, runDirectory: join(root, name) });
  await run('whole', hooks);
  for (const name of ['shards', 'direct']) {
    const own = name === 'shards' ? forgetful : hooks;
    const { stopped } = await run(name, { ...own, signal: AbortSignal.abort() });
    expect(stopped).toBe(true);
    await run(name, { ...forgetful, resume: true });
    expect(bytesOf(join(root, name))).toEqual(bytesOf(join(root, 'whole')));
  }
});

test('other shards are other draws, and learn too', async () => {
  const policyOf = async (shards: number) => (await train({ ...short, shards }, hooks)).policy.tensors();
  expect(await policyOf(2)).not.toEqual(await policyOf(4));
  const learning = { ...short, totalSteps: 16_000, steps: 64, learningRate: 3e-3, gamma: 0.9, shards: 4, staleness: 1 };
  const { results } = await train(learning, {
    makeVectorEnv: (wanted) => createPointMass({ count: wanted?.count }),
  });
  expect(results.meanReturn).toBeGreaterThan(-6);
});

test('more shards than environments are refused', async () => {
  await expect(train({ ...short, shards: 5 }, hooks)).rejects.toThrow(/^The PPO option shards is 5, .* 4 environments/);
});
