import { beforeEach, expect, test, vi } from 'vitest';
import { runHere } from '../testing/recording-context.ts';

const bench = vi.hoisted(() => ({ benchWorkers: vi.fn(), benchInference: vi.fn() }));
vi.mock('@understudy/bench', () => bench);
beforeEach(() => vi.resetAllMocks());

test('bench workers hands on its options and tells both sides', async () => {
  const result = {
    ...{ env: 'Hopper-v5', workers: 3, transitions: 2049, milliseconds: 110, inProcess: 100 },
    ...{ ratio: 1.1, processorRatio: 1.02, machine: 'any' },
  };
  bench.benchWorkers.mockResolvedValue(result);
  const argv = ['bench', 'workers', '--env', 'Hopper-v5', '--workers', '3', '--rounds', '2'];
  expect(JSON.parse((await runHere(...argv, '--json')).printed.join(''))).toEqual(result);
  const options = { env: 'Hopper-v5', workers: 3, rollouts: 12, rounds: 2, openShards: expect.any(Function) };
  expect(bench.benchWorkers).toHaveBeenCalledWith(options, expect.anything());
  expect((await runHere(...argv)).printed).toEqual([
    'Hopper-v5: 110 ms a rollout of 2,049 steps and its update with 3 workers, 100 ms in one process, ratio 1.10 ' +
      '(1.02 in processor time)',
  ]);
});

test('bench inference prints the ways to ask beside one another', async () => {
  const figure = (rowsPerSecond: number) => ({ rowsPerSecond, p50: 0.5, p99: 1.5 });
  bench.benchInference.mockResolvedValue({
    ...{ clients: 8, envs: 32, joined: figure(100_000), apart: figure(80_000), oneClient: figure(50_000) },
    ...{ oneAtATime: figure(5_000), meanBatch: 180.5, largestBatch: 256 },
    ...{ overOneAtATime: 20, overOneClient: 2, overApart: 1.25, machine: 'any' },
  });
  const { printed } = await runHere('bench', 'inference', '--rounds', '1');
  expect(bench.benchInference).toHaveBeenCalledWith(
    { clients: 8, envs: 32, rounds: 1, startServer: expect.any(Function) },
    expect.anything(),
  );
  expect(printed.join('\n')).toMatch(/8 clients of 32, joined +100,000 +0\.500 +1\.50/);
  expect(printed.join('\n')).toMatch(/one observation at a time +5,000 .* 20/);
  expect(printed.at(-1)).toBe('180.5 rows a batch on average, 256 at most');
});
