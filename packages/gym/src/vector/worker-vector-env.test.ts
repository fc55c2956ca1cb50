import { spawnSync } from 'node:child_process';
import { InputError } from '@understudy/errors';
import { expect, test } from 'vitest';
import { makeVector, register } from '../index.ts';
import { DriftEnv } from '../testing/drift-env.js';
import { workerModuleUrl } from './worker-module.ts';

const driftModule = new URL('../testing/drift-env.js', import.meta.url).href;
const actions = new Float32Array(4);

test('a worker that dies gives an error instead of a wait without end', async () => {
  const env = await makeVector('Drift-v0', { count: 2, workers: 2, seed: 0, options: { trouble: 'exit' } });
  env.step(actions);
  env.step(actions);
  expect(() => env.step(actions)).toThrow('Worker 0 of the vector environment of 2 Drift-v0 died');
  expect(() => env.reset()).toThrow('Worker 0 of the vector environment of 2 Drift-v0 died');
  env.close();
});

test('errors of making arrive too, as the caller knows them', async () => {
  const wrong = makeVector('Drift-v0', { count: 2, workers: 2, options: { limits: 2 } });
  await expect(wrong).rejects.toThrow('Drift-v0 has no option limits (did you mean limit); it accepts limit, trouble');
  register({ id: 'Elsewhere-v0', entryPoint: () => new DriftEnv(), module: driftModule });
  const missing = makeVector('Elsewhere-v0', { workers: 1 });
  await expect(missing).rejects.toThrow('There is no environment Elsewhere-v0');
  await expect(missing).rejects.toBeInstanceOf(InputError);
});

test('workers import what the caller names, and an environment without a module needs that', async () => {
  register({ id: 'Drift-v0', entryPoint: (options) => new DriftEnv(options), optionNames: ['limit'] });
  await expect(makeVector('Drift-v0', { workers: 1 })).rejects.toThrow('was registered without its module');
  const env = await makeVector('Drift-v0', { workers: 1, modules: [driftModule] });
  env.close();
  expect(workerModuleUrl('@understudy/gym')).toMatch(/\/gym\/dist\/index\.js$/);
  expect(workerModuleUrl(import.meta.url)).toMatch(/\/gym\/dist\/index\.js$/);
  expect(() => workerModuleUrl('no-such-package')).toThrow("The module no-such-package can't be found");
});

test('the calling thread makes and steps a share of its own, and closes it where a worker fails to start', async () => {
  let [made, closed] = [0, 0];
  class Counted extends DriftEnv {
    override close(): void {
      closed += 1;
    }
  }
  const entryPoint = () => {
    made += 1;
    return new Counted();
  };
  // Workers don't know this one: only the calling thread can make it.
  register({ id: 'Here-v0', entryPoint, module: driftModule });
  const env = await makeVector('Here-v0', { workers: 1, callerSteps: true, seed: 0 });
  env.step(new Float32Array(2));
  env.close();
  // One more was made, and closed, to ask for the spaces.
  expect([made, closed]).toEqual([2, 2]);
  await expect(makeVector('Here-v0', { count: 2, workers: 1, callerSteps: true })).rejects.toThrow(
    'no environment Here',
  );
  expect([made, closed]).toEqual([4, 4]);
});

/** A program in plain Node on the built packages. */
function program(end: string): string {
  return `
    import { makeVector } from '@understudy/gym';
    import ${JSON.stringify(driftModule)};
    const env = await makeVector('Drift-v0', { count: 2, workers: 2, seed: 0 });
    for (let i = 0; i < 30; i++) env.step(new Float32Array(4));
    console.log(String([...env.rewards].every(Number.isFinite)));
    ${end}`;
}

test.each([
  ['closed', 'env.close();'],
  ['forgotten', ''],
])('a process whose workers are %s ends by itself', (_, end) => {
  const options = { cwd: new URL('../..', import.meta.url), encoding: 'utf8', timeout: 20_000 } as const;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program(end)],
    options,
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: 'true\n', stderr: '', status: 0 });
});
