import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import { checkAgainstReference, compareInfoWithReference, engineNames, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import './register.ts';
import { HalfCheetahEnv } from './half-cheetah-env.ts';

const reference = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/HalfCheetah-v5.json.gz', import.meta.url)),
);
const action = Float32Array.from([0.5, -0.25, 1, -1, 0.125, 0]);

test.each(engineNames)('%s is at parity with Gymnasium', async (engine) => {
  const env = await HalfCheetahEnv.create({ engine });
  const check = checkAgainstReference(reference, env);
  expect(check).toMatchObject({ id: 'HalfCheetah-v5', engine, steps: 80, flagsEqual: true, resetError: 0 });
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-11);
  expect(compareInfoWithReference(reference, env)).toBeLessThan(1e-11);
  env.close();
});

test.each(engineNames)('%s is at parity with Gymnasium in v4, with other weights', async (engine) => {
  const env = await HalfCheetahEnv.create({ engine, forwardRewardWeight: 2, ctrlCostWeight: 0.3 }, 'v4');
  const v4 = readJsonFile(fileURLToPath(new URL('./fixtures/HalfCheetah-v4.json.gz', import.meta.url)));
  const check = checkAgainstReference(v4, env);
  expect(check).toMatchObject({ id: 'HalfCheetah-v4', steps: 40, flagsEqual: true, resetError: 0 });
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-11);
  expect(compareInfoWithReference(v4, env)).toBeLessThan(1e-11);
  env.close();
});

test.each([1, 2, 3, 4, 5])('%i simulation steps make one environment step', async (frameSkip) => {
  const env = await HalfCheetahEnv.create({ frameSkip });
  env.reset({ seed: 1 });
  env.step(action);
  expect(env.dt).toBeCloseTo(0.01 * frameSkip, 15);
  expect(env.simulation.time).toBeCloseTo(env.dt, 15);
  expect(env.metadata.renderFps).toBe(Math.round(1 / env.dt));
  env.close();
});

test('x_velocity and x_position come from the simulation, and the reward is the sum of its parts', async () => {
  const env = await HalfCheetahEnv.create({ forwardRewardWeight: 2, ctrlCostWeight: 0.5 });
  env.reset({ seed: 1 });
  for (let i = 0; i < 20; i++) {
    const before = env.simulation.qpos[0];
    const { reward, info, terminated } = env.step(action);
    expect(info.x_position).toBe(env.simulation.qpos[0]);
    expect(info.x_velocity).toBe((env.simulation.qpos[0] - before) / env.dt);
    expect(info.reward_forward).toBe(2 * (info.x_velocity as number));
    expect(info.reward_ctrl).toBeCloseTo(-0.5 * action.reduce((sum, a) => sum + a * a, 0), 6);
    expect(reward).toBe((info.reward_forward as number) + (info.reward_ctrl as number));
    expect(terminated).toBe(false);
  }
  env.close();
});

test('without reset noise the start is the model as written', async () => {
  const env = await HalfCheetahEnv.create({ resetNoiseScale: 0 });
  const { observation, info } = env.reset({ seed: 7 });
  expect([...observation]).toEqual(Array(17).fill(0));
  expect(info).toEqual({ x_position: 0 });
  env.close();
});

test('a seed gives one start, the next reset another', async () => {
  const env = await HalfCheetahEnv.create();
  const first = env.reset({ seed: 3 }).observation;
  const second = env.reset().observation;
  expect(env.reset({ seed: 3 }).observation).toEqual(first);
  expect(env.reset().observation).toEqual(second);
  expect(second).not.toEqual(first);
  env.close();
});

test('the observation holds x on request', async () => {
  const env = await HalfCheetahEnv.create({ excludeCurrentPositionsFromObservation: false });
  const { observation } = env.reset({ seed: 1 });
  expect(observation).toHaveLength(18);
  expect(observation[0]).toBe(env.simulation.qpos[0]);
  expect(env.observationStructure).toEqual({ skippedQpos: 0, qpos: 9, qvel: 9 });
  env.close();
});

test('v4 moves and earns like v5 and tells less', async () => {
  const [v4, v5] = await Promise.all([HalfCheetahEnv.create({}, 'v4'), HalfCheetahEnv.create()]);
  expect(v4.reset({ seed: 5 })).toEqual({ observation: v5.reset({ seed: 5 }).observation, info: {} });
  for (let i = 0; i < 100; i++) {
    const a = v4.step(action);
    const b = v5.step(action);
    expect({ ...a, info: {} }).toEqual({ ...b, info: {} });
    expect(Object.keys(a.info)).toEqual(['x_position', 'x_velocity', 'reward_run', 'reward_ctrl']);
  }
  v4.close();
  v5.close();
});

test('stepInto writes the same step in float32', async () => {
  const [a, b] = await Promise.all([HalfCheetahEnv.create(), HalfCheetahEnv.create()]);
  a.reset({ seed: 2 });
  b.reset({ seed: 2 });
  const out = new Float32Array(19).fill(-1);
  for (let i = 0; i < 10; i++) {
    const expected = a.step(action);
    const signals = b.stepInto(action, out, 1);
    expect([...out.subarray(1, 18)]).toEqual([...Float32Array.from(expected.observation)]);
    expect(signals).toEqual({ reward: expected.reward, terminated: false, truncated: false });
  }
  expect([out[0], out[18]]).toEqual([-1, -1]);
  a.close();
  b.close();
});

test('a restored state goes on bit by bit, its resets too', async () => {
  const env = await HalfCheetahEnv.create();
  env.reset({ seed: 4 });
  for (let i = 0; i < 15; i++) env.step(action);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = () => {
    const steps = Array.from({ length: 15 }, () => env.step(action));
    return [...steps, env.reset()];
  };
  const first = goOn();
  env.restoreState(state);
  expect(goOn()).toEqual(first);
  const other = await HalfCheetahEnv.create();
  other.restoreState(state);
  expect(Array.from({ length: 15 }, () => other.step(action))).toEqual(first.slice(0, 15));
  env.close();
  other.close();
});

test('wrong options are refused', async () => {
  await expect(HalfCheetahEnv.create({ ctrlCostWeigth: 1 } as object)).rejects.toThrow(
    'HalfCheetah-v5 has no option "ctrlCostWeigth"; did you mean "ctrlCostWeight"?',
  );
  await expect(HalfCheetahEnv.create({ frameSkip: 0 })).rejects.toThrow('frameSkip of HalfCheetah-v5 is 0, expected a');
  await expect(HalfCheetahEnv.create({ resetNoiseScale: -1 })).rejects.toThrow('resetNoiseScale');
});

test.each(['HalfCheetah-v4', 'HalfCheetah-v5'])('%s keeps the contract of environments', async (id) => {
  expect(checkEnv(await make(id))).toEqual([]);
});
