import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import { checkAgainstReference, compareInfoWithReference, engineNames, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import { reacherModel } from './model.ts';
import { ReacherEnv } from './reacher-env.ts';
import './register.ts';

const reference = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/Reacher-v5.json.gz', import.meta.url)),
);

test.each(engineNames)('%s is at parity with Gymnasium', async (engine) => {
  const env = await ReacherEnv.create({ engine });
  const check = checkAgainstReference(reference, env);
  expect(check).toMatchObject({ id: 'Reacher-v5', engine, steps: 80, flagsEqual: true });
  // Sines and cosines of other libraries may round another way.
  expect(check.resetError).toBeLessThan(1e-15);
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-11);
  expect(compareInfoWithReference(reference, env)).toBeLessThan(1e-11);
  env.close();
});

test('targets lie within reach, everywhere, and stay', async () => {
  const env = await ReacherEnv.create();
  env.reset({ seed: 3 });
  const quadrants = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const { observation } = env.reset();
    const [x, y] = observation.subarray(4);
    expect(Math.hypot(x, y)).toBeLessThan(0.2);
    quadrants.add(`${Math.sign(x)} ${Math.sign(y)}`);
    const next = env.step(Float32Array.of(1, -1)).observation;
    expect([next[4], next[5]]).toEqual([x, y]);
  }
  expect(quadrants.size).toBe(4);
  env.close();
});

test('the reward is for nearness and against control, by their weights', async () => {
  const env = await ReacherEnv.create({ rewardDistWeight: 10, rewardControlWeight: 0.5 });
  env.reset({ seed: 0 });
  const { observation, reward, info } = env.step(Float32Array.of(0.5, -1));
  expect(info.reward_dist).toBeCloseTo(-10 * Math.hypot(observation[8], observation[9]), 12);
  expect(info.reward_ctrl).toBe(-0.625);
  expect(reward).toBe((info.reward_dist as number) - 0.625);
  env.close();
});

test('a model without a target is refused', async () => {
  const xml = reacherModel.replace('name="target" pos', 'name="goal" pos');
  await expect(ReacherEnv.create({ xml })).rejects.toThrow('needs four joints and bodies "fingertip" and "target"');
});

test('Reacher-v5 keeps the contract of environments', async () => {
  expect(checkEnv(await make('Reacher-v5'))).toEqual([]);
});
