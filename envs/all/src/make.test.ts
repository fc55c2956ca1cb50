import { register, registeredIds } from '@understudy/gym';
import { expect, test } from 'vitest';
import { environmentIds, loadEnvironment, make, makeVector } from './index.ts';

/** Time limits of some originals. */
const timeLimits = {
  'Ant-Dir-6': 200,
  'Ant-v5': 1000,
  'CartPole-v1': 500,
  'FetchReach-v4': 50,
  'HalfCheetah-v5': 1000,
  'Humanoid-Dir-6': 1000,
  'PointMaze_UMaze-v3': 300,
  'Reacher-v5': 50,
  'maze2d-large-v1': 800,
};

test('only the package that the id names is imported', async () => {
  expect(registeredIds()).toEqual([]);
  const env = await make('Hopper-v5');
  expect(env.id).toBe('Hopper-v5');
  expect(env.reset({ seed: 0 }).observation).toHaveLength(11);
  expect(registeredIds()).toEqual(['Hopper-v4', 'Hopper-v5']);
  env.close();
});

test('every listed id is registered by its package, under its own name', async () => {
  for (const id of environmentIds()) {
    await loadEnvironment(id);
    expect(registeredIds()).toContain(id);
  }
  expect(registeredIds()).toEqual(environmentIds());
});

test.each(Object.entries(timeLimits))('%s has the time limit of the original', async (id, steps) => {
  const env = await make(id);
  expect(env.id).toBe(id);
  expect(env.metadata.maxEpisodeSteps).toBe(steps);
  env.close();
});

test('an unknown id is refused with the nearest of all ids', async () => {
  await expect(make('HalfCheeta-v5')).rejects.toThrow(
    'there is no environment "HalfCheeta-v5"; did you mean HalfCheetah-v5 or ',
  );
  await expect(makeVector('Pong-v0')).rejects.toThrow(
    /^there is no environment "Pong-v0"; understudy env list and environmentIds\(\) name all \d+$/,
  );
});

test('an unknown option is refused with the nearest', async () => {
  await expect(make('HalfCheetah-v5', { ctrlCostWeigth: 1 })).rejects.toThrow('ctrlCostWeight');
});

test('a vector environment steps copies with seeds of their own', async () => {
  const envs = await makeVector('HalfCheetah-v5', { count: 3, seed: 7 });
  const single = await make('HalfCheetah-v5');
  const { observation } = single.reset({ seed: 8 });
  expect([...envs.observations.subarray(17, 34)]).toEqual([...Float32Array.from(observation)]);
  envs.step(new Float32Array(18).fill(0.5));
  const { reward } = single.step(new Float32Array(6).fill(0.5));
  expect(envs.rewards[1]).toBe(reward);
  envs.close();
  single.close();
});

test("a caller's own environment is made too", async () => {
  await loadEnvironment('Hopper-v5');
  const { HopperEnv } = await import('@understudy/env-hopper');
  register({ id: 'Mine-v0', entryPoint: () => HopperEnv.create() });
  const env = await make('Mine-v0');
  expect(env.observationSpace.flatSize).toBe(11);
  env.close();
});
