import { InferenceServer } from '@understudy/rollout';
import { LocalShards } from '@understudy/training';
import { expect, test } from 'vitest';
import { benchInference, type StartedServer } from './bench-inference.ts';
import { benchWorkers } from './bench-workers.ts';
import { processorSeconds } from './processor-seconds.ts';

test('PPO by shards and in one process are timed at equal work', async () => {
  const collected: number[] = [];
  const result = await benchWorkers({
    ...{ env: 'CartPole-v1', workers: 2, rollouts: 1, rounds: 1 },
    async openShards(plan, _actor, create) {
      collected.push(plan.steps * plan.shards.length * plan.iterations);
      return new LocalShards(plan, create);
    },
  });
  // A round that warms up and one that counts, each of six rollouts and one that is timed.
  expect(collected).toEqual([7 * 2048, 7 * 2048]);
  expect(result).toMatchObject({ env: 'CartPole-v1', workers: 2, transitions: 2048 });
  expect(result.milliseconds).toBeGreaterThan(0);
  expect(result.ratio).toBeCloseTo(result.milliseconds / result.inProcess, 9);
});

test('an inference server is asked in four ways', async () => {
  const started: boolean[] = [];
  const startServer = async (joins: boolean): Promise<StartedServer> => {
    started.push(joins);
    const server = await InferenceServer.start({
      address: 'tcp://127.0.0.1:*',
      ...(!joins && { maxBatch: 4, maxWaitMicroseconds: 0 }),
    });
    return {
      address: server.address,
      async stop() {
        const { figures } = server;
        await server.close();
        return figures;
      },
    };
  };
  const result = await benchInference({ clients: 3, envs: 4, seconds: 0.02, rounds: 1, startServer });
  expect(started).toEqual([true, false, true]);
  expect(result.meanBatch).toBeGreaterThanOrEqual(4);
  expect(result.largestBatch).toBeLessThanOrEqual(12);
  for (const { rowsPerSecond, p50, p99 } of [result.joined, result.apart, result.oneClient, result.oneAtATime]) {
    expect(rowsPerSecond).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
  }
  expect(result.overOneClient).toBeCloseTo(result.joined.rowsPerSecond / result.oneClient.rowsPerSecond, 9);
});

test('processor time counts', () => {
  const before = processorSeconds();
  if (process.platform !== 'linux') return expect(before).toBeNaN();
  const until = performance.now() + 60;
  while (performance.now() < until);
  expect(processorSeconds()).toBeGreaterThan(before);
});
