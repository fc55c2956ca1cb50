import { isInputError } from '@understudy/errors';
import { expect, test } from 'vitest';
import { benchEnv, benchTrainPpo, benchUpdate } from './index.ts';

test('an environment is timed alone, in one thread and on either engine', async () => {
  const brief = { seconds: 0.02, rounds: 1 };
  const single = await benchEnv({ id: 'HalfCheetah-v5', ...brief });
  expect(single).toMatchObject({ id: 'HalfCheetah-v5', engine: 'mujoco-js', envs: 1, workers: 0 });
  expect(single.stepsPerSecond).toBeGreaterThan(0);
  const many = await benchEnv({ id: 'Hopper-v5', envs: 3, engine: '@mujoco/mujoco', ...brief });
  expect(many).toMatchObject({ engine: '@mujoco/mujoco', envs: 3 });
  expect(many.peer).toBeUndefined();
});

test('every update case is timed, or those asked for', async () => {
  const all = await benchUpdate({ seconds: 0.001, rounds: 1 });
  expect(all.map((result) => result.case)).toEqual(['a64', 'a2048', 'b', 'e1', 'e16', 'e256']);
  for (const { milliseconds } of all) expect(milliseconds).toBeGreaterThan(0);
  const [one] = await benchUpdate({ cases: ['e1'], seconds: 0.001, rounds: 1 });
  expect(one.case).toBe('e1');
});

test('a training is timed and its return told', async () => {
  const result = await benchTrainPpo({ env: 'HalfCheetah-v5', steps: 2000, seed: 1 });
  expect(result).toMatchObject({ env: 'HalfCheetah-v5', steps: 2048, seed: 1 });
  expect(result.return).toBeLessThan(0);
  expect(result.stepsPerSecond).toBeCloseTo(result.steps / result.seconds, 6);
});

test('wrong inputs are told in a sentence', async () => {
  for (const wrong of [
    benchUpdate({ cases: ['z9'] }),
    benchEnv({ id: 'HalfCheetah-v5', envs: 2, workers: 3 }),
    benchEnv({ id: 'HalfCheeta-v5' }),
    benchEnv({ id: 'HalfCheetah-v5', engine: 'bullet' }),
  ]) {
    expect(isInputError(await wrong.catch((error) => error))).toBe(true);
  }
});
