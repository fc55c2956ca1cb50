import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { make } from '@understudy/envs';
import { checkAgainstReference, type EngineName, engineNames, parseReference, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import { runUnderstudy } from './run-understudy.ts';

const folder = fileURLToPath(new URL('fixtures/reference/', import.meta.url));
const fileOf = (id: string) => `${folder}${id}.json.gz`;
const referenced = readdirSync(folder)
  .filter((name) => name.endsWith('.json.gz') && !name.startsWith('model-'))
  .map((name) => name.replace('.json.gz', ''));

/** Tasks that simulate before their episode starts; elsewhere a reset is exact but for the last bit of what follows. */
const settling = ['FetchReach-v4', 'FetchReachDense-v4'];
/** Asks for 50 iterations of a solver that mujoco-js, an older MuJoCo, leaves at another point. */
const humanoids = ['Humanoid-v4', 'Humanoid-v5'];

const cases = referenced.flatMap((id) =>
  engineNames
    .filter((engine) => !(humanoids.includes(id) && engine === 'mujoco-js'))
    .map((engine) => [id, engine] as const),
);

test('every reference is looked at', () => {
  expect(referenced.length).toBe(20);
});

test.each(cases)('%s on %s takes the steps of native MuJoCo', async (id, engine) => {
  const check = await checkOn(id, engine);
  expect(check).toMatchObject({ id, engine, flagsEqual: true });
  expect(check.steps).toBeGreaterThanOrEqual(10);
  expect(check.maxError.observation).toBeLessThan(1e-6);
  expect(check.maxError.reward).toBeLessThan(1e-6);
  expect(check.resetError).toBeLessThan(settling.includes(id) ? 1e-6 : 1e-12);
});

test.each(humanoids)(
  '%s on mujoco-js takes them within 1e-3, contact forces within 1e-5 of the largest',
  async (id) => {
    const check = await checkOn(id, 'mujoco-js');
    expect(check).toMatchObject({ id, engine: 'mujoco-js', flagsEqual: true });
    for (const field of ['qpos', 'qvel', 'reward'] as const) expect(check.maxError[field]).toBeLessThan(1e-3);
    const observed = parseReference(readJsonFile(fileOf(id))).episodes.flatMap(({ steps }) =>
      steps.map(({ obs }) => obs),
    );
    const largest = Math.max(...(observed.flat() as number[]).map(Math.abs));
    expect(check.maxError.observation).toBeLessThan(1e-5 * largest);
    expect(check.resetError).toBeLessThan(1e-12);
  },
);

test('Humanoid-v5 on mujoco-js observes all but contact forces within 1e-3', async () => {
  const id = 'Humanoid-v5';
  const env = await make<unknown, Float32Array>(id, { engine: 'mujoco-js', includeCfrcExtInObservation: false });
  const reference = parseReference(readJsonFile(fileOf(id)));
  const size = env.observationSpace.flatSize;
  for (const { reset, steps } of reference.episodes) {
    for (const each of [reset, ...steps]) each.obs = (each.obs as number[]).slice(0, size);
  }
  expect(checkAgainstReference(reference, env).maxError.observation).toBeLessThan(1e-3);
  env.close();
});

test('the command tells the same, and a tolerance decides its status', () => {
  const check = (...args: string[]) =>
    runUnderstudy('env', 'check', 'Humanoid-v5', '--reference', fileOf('Humanoid-v5'), ...args);
  expect(check('--engine', 'mujoco-js').status).toBe(1);
  expect(check('--engine', 'mujoco-js', '--tolerance', '1e-2').status).toBe(0);
  const checked = check('--engine', '@mujoco/mujoco', '--json');
  expect(checked.status, checked.stderr).toBe(0);
  expect(JSON.parse(checked.stdout)).toMatchObject({ id: 'Humanoid-v5', engine: '@mujoco/mujoco', flagsEqual: true });
});

test('a reference of another environment is refused, never passed', () => {
  const checked = runUnderstudy('env', 'check', 'HalfCheetah-v5', '--reference', fileOf('Hopper-v5'), '--json');
  expect(checked.status).toBe(2);
  expect(checked.stderr).toContain('Hopper-v5');
});

async function checkOn(id: string, engine: EngineName) {
  const env = await make<unknown, Float32Array>(id, { engine });
  try {
    return checkAgainstReference(readJsonFile(fileOf(id)), env);
  } finally {
    env.close();
  }
}
