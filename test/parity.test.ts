import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runUnderstudy } from './run-understudy.ts';

const environments = [
  ...['HalfCheetah-v5', 'Hopper-v5', 'Walker2d-v5', 'Walker2d-v4', 'Ant-v5', 'Ant-v4'],
  ...['Swimmer-v5', 'Reacher-v5', 'InvertedPendulum-v5'],
];
const engines = ['mujoco-js', '@mujoco/mujoco'];

for (const id of environments) {
  for (const engine of engines) {
    test(`${id} on ${engine} takes the steps of native MuJoCo with Gymnasium`, () => {
      const reference = fileURLToPath(new URL(`fixtures/reference/${id}.json.gz`, import.meta.url));
      const checked = runUnderstudy('env', 'check', id, '--engine', engine, '--reference', reference, '--json');
      expect(checked.status, checked.stderr).toBe(0);
      const result = JSON.parse(checked.stdout);
      expect(result).toMatchObject({ id, engine, flagsEqual: true, resetError: 0 });
      expect(result.steps).toBeGreaterThanOrEqual(10);
      expect(result.maxError.observation).toBeLessThan(1e-6);
      expect(result.maxError.reward).toBeLessThan(1e-6);
    });
  }
}

test('Humanoid takes them too, where mujoco-js solves contacts as an older MuJoCo', () => {
  for (const id of ['Humanoid-v5', 'Humanoid-v4']) {
    const reference = fileURLToPath(new URL(`fixtures/reference/${id}.json.gz`, import.meta.url));
    const check = (...args: string[]) => runUnderstudy('env', 'check', id, '--reference', reference, ...args).status;
    expect(check('--engine', '@mujoco/mujoco')).toBe(0);
    expect(check('--engine', 'mujoco-js')).toBe(1);
    expect(check('--engine', 'mujoco-js', '--tolerance', '1e-2')).toBe(0);
  }
});

test('a reference of another environment is beyond tolerance or refused, never passed', () => {
  const reference = fileURLToPath(new URL('fixtures/reference/Hopper-v5.json.gz', import.meta.url));
  const checked = runUnderstudy('env', 'check', 'HalfCheetah-v5', '--reference', reference, '--json');
  expect(checked.status).toBeGreaterThan(0);
});
