import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import { checkAgainstReference, compareInfoWithReference, engineNames, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import './register.ts';
import { SwimmerEnv } from './swimmer-env.ts';

const reference = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/Swimmer-v5.json.gz', import.meta.url)),
);
const action = Float32Array.of(0.5, -1);

test.each(engineNames)('%s is at parity with Gymnasium', async (engine) => {
  const env = await SwimmerEnv.create({ engine });
  const check = checkAgainstReference(reference, env);
  expect(check).toMatchObject({ id: 'Swimmer-v5', engine, steps: 80, flagsEqual: true, resetError: 0 });
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-10);
  expect(compareInfoWithReference(reference, env)).toBeLessThan(1e-10);
  env.close();
});

test('the reward is the sum of its weighted parts', async () => {
  const env = await SwimmerEnv.create({ forwardRewardWeight: 2, ctrlCostWeight: 0.5 });
  env.reset({ seed: 1 });
  for (let i = 0; i < 10; i++) {
    const before = env.simulation.qpos.slice();
    const { reward, info } = env.step(action);
    expect(info.x_velocity).toBe((env.simulation.qpos[0] - before[0]) / env.dt);
    expect(info.y_velocity).toBe((env.simulation.qpos[1] - before[1]) / env.dt);
    expect(info.reward_forward).toBe(2 * (info.x_velocity as number));
    expect(info.reward_ctrl).toBe(-0.625);
    expect(reward).toBe((info.reward_forward as number) - 0.625);
  }
  env.close();
});

test('bending the joints in turn swims, in the direction of the wave', async () => {
  const env = await SwimmerEnv.create({ resetNoiseScale: 0 });
  const swim = (lag: number) => {
    env.reset();
    for (let i = 0; i < 300; i++) env.step(Float32Array.of(Math.sin(0.2 * i), Math.sin(0.2 * i - lag)));
    return env.simulation.qpos[0];
  };
  const [one, other] = [swim(1.5), swim(-1.5)];
  expect(Math.abs(one)).toBeGreaterThan(0.5);
  expect(Math.sign(one)).toBe(-Math.sign(other));
  env.close();
});

test('the observation holds x and y on request', async () => {
  const env = await SwimmerEnv.create({ excludeCurrentPositionsFromObservation: false, frameSkip: 2 });
  const { observation } = env.reset({ seed: 1 });
  expect([...observation]).toEqual([...env.simulation.qpos, ...env.simulation.qvel]);
  expect(env.observationStructure).toEqual({ skippedQpos: 0, qpos: 5, qvel: 5 });
  expect(env.dt).toBe(0.02);
  env.close();
});

test('Swimmer-v5 keeps the contract of environments', async () => {
  expect(checkEnv(await make('Swimmer-v5'))).toEqual([]);
});
