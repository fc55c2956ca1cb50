import { beforeEach, expect, test, vi } from 'vitest';
import { runHere } from '../testing/recording-context.ts';

const bench = vi.hoisted(() => ({
  benchEnv: vi.fn(),
  benchUpdate: vi.fn(),
  benchTrain: vi.fn(),
  benchMemory: vi.fn(),
}));
vi.mock('@understudy/bench', () => bench);
beforeEach(() => vi.resetAllMocks());
const hooks = { signal: expect.any(AbortSignal), onProgress: expect.any(Function) };

test('bench env hands on its options and prints the result as it is', async () => {
  const result = { id: 'Hopper-v5', engine: 'mujoco-js', envs: 16, workers: 2, stepsPerSecond: 31_234.5 };
  bench.benchEnv.mockResolvedValue(result);
  const argv = ['bench', 'env', 'Hopper-v5', '--envs', '16', '--workers', '2', '--engine', 'mujoco-js'];
  const { printed } = await runHere(...argv, '--json');
  expect(JSON.parse(printed.join(''))).toEqual(result);
  expect(bench.benchEnv).toHaveBeenCalledWith({ id: 'Hopper-v5', envs: 16, workers: 2, engine: 'mujoco-js' }, hooks);
  expect((await runHere(...argv)).printed).toEqual(['Hopper-v5: 31,235 steps/s']);
});

test('the figure of a peer stands beside ours', async () => {
  bench.benchEnv.mockResolvedValue({ id: 'Hopper-v5', stepsPerSecond: 30_000, peer: 20_000, ratio: 1.5 });
  const { printed } = await runHere('bench', 'env', 'Hopper-v5', '--peers', 'python3');
  expect(printed).toEqual(["Hopper-v5: 30,000 steps/s, 1.50 times the peer's 20,000"]);
  expect(bench.benchEnv).toHaveBeenCalledWith({ id: 'Hopper-v5', envs: 1, workers: 0, peers: 'python3' }, hooks);
});

test('bench update prints a table, or the array as it is', async () => {
  const results = [
    { case: 'a64', kernels: 'wasm', milliseconds: 0.5 },
    { case: 'a2048', kernels: 'wasm', milliseconds: 12 },
  ];
  bench.benchUpdate.mockResolvedValue(results);
  const table = 'case   kernels     ms\na64    wasm     0.500\na2048  wasm        12';
  expect((await runHere('bench', 'update')).printed).toEqual([table]);
  await runHere('bench', 'update', '--kernels', 'wasm', '--cases', 'b,d', '--peers', 'python3');
  expect(bench.benchUpdate).toHaveBeenLastCalledWith(
    { kernels: 'wasm', cases: ['b', 'd'], peers: 'python3' },
    expect.objectContaining({ signal: hooks.signal }),
  );
  expect(JSON.parse((await runHere('bench', 'update', '--json')).printed.join(''))).toEqual(results);
});

test.each(['ppo', 'sac'])('bench train %s hands on its options', async (algorithm) => {
  const result = { stepsPerSecond: 9876, seconds: 10.25, return: 812.3 };
  bench.benchTrain.mockResolvedValue(result);
  const argv = ['bench', 'train', algorithm, '--env', 'Hopper-v5', '--steps', '100000', '--seed', '2'];
  expect(JSON.parse((await runHere(...argv, '--json')).printed.join(''))).toEqual(result);
  expect(bench.benchTrain).toHaveBeenCalledWith(algorithm, { env: 'Hopper-v5', steps: 100_000, seed: 2 }, hooks);
  expect((await runHere(...argv)).printed).toEqual(['Hopper-v5: 9,876 steps/s, 10.25 s, return 812.3']);
});

test('bench memory tells megabytes', async () => {
  const bytes = { arrayBytes: 166e6, residentBytes: 171.26e6, processBytes: 300e6 };
  bench.benchMemory.mockResolvedValue({ env: 'Hopper-v5', transitions: 1_000_000, ...bytes });
  expect((await runHere('bench', 'memory', '--env', 'Hopper-v5')).printed).toEqual([
    'Hopper-v5: 1,000,000 transitions in 166 MB of arrays; the process grew by 171.3 MB to 300 MB',
  ]);
  expect(bench.benchMemory).toHaveBeenCalledWith({ env: 'Hopper-v5', transitions: 1_000_000, seed: 0 }, hooks);
});
