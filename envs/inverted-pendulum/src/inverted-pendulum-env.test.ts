import { fileURLToPath } from 'node:url';
import { checkEnv, make } from '@understudy/gym';
import { checkAgainstReference, compareInfoWithReference, engineNames, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import { InvertedPendulumEnv } from './inverted-pendulum-env.ts';
import './register.ts';

const reference = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/InvertedPendulum-v5.json.gz', import.meta.url)),
);

test.each(engineNames)('%s is at parity with Gymnasium, to the fall', async (engine) => {
  const env = await InvertedPendulumEnv.create({ engine });
  const check = checkAgainstReference(reference, env);
  expect(check).toMatchObject({ id: 'InvertedPendulum-v5', engine, steps: 10, flagsEqual: true, resetError: 0 });
  for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-11);
  expect(compareInfoWithReference(reference, env)).toBe(0);
  env.close();
});

test('a controller that pushes under the pole keeps it up', async () => {
  const env = await InvertedPendulumEnv.create();
  let { observation } = env.reset({ seed: 0 });
  let total = 0;
  for (let i = 0; i < 1000; i++) {
    const [x, angle, speed, spin] = observation;
    const step = env.step(Float32Array.of(0.3 * x + 7 * angle + 0.5 * speed + 1.3 * spin));
    ({ observation } = step);
    total += step.reward;
    if (step.terminated) break;
  }
  expect(total).toBe(1000);
  env.close();
});

test('a pole beyond 0.2 rad ends the episode without reward', async () => {
  const env = await InvertedPendulumEnv.create({ resetNoiseScale: 0, frameSkip: 1 });
  env.reset();
  env.setState([0, 0.19], [0, 0]);
  expect(env.step(new Float32Array(1))).toMatchObject({ reward: 1, terminated: false, info: { reward_survive: 1 } });
  env.setState([0, -0.21], [0, 0]);
  expect(env.step(new Float32Array(1))).toMatchObject({ reward: 0, terminated: true, info: { reward_survive: 0 } });
  expect(env.dt).toBe(0.02);
  env.close();
});

test('InvertedPendulum-v5 keeps the contract of environments', async () => {
  expect(checkEnv(await make('InvertedPendulum-v5'))).toEqual([]);
});
