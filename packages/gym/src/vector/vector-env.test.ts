import { defaultRng } from '@understudy/random';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type EnvState,
  type MakeVectorOptions,
  make,
  makeVector,
  SyncVectorEnv,
  type VectorEnv,
  Wrapper,
} from '../index.ts';
import { advance, autoresetModes, describeVectorForm, rowsOf } from '../testing/vector-forms.case.ts';

const opened: VectorEnv[] = [];

async function open(options: MakeVectorOptions): Promise<VectorEnv> {
  const env = await makeVector('Drift-v0', options);
  opened.push(env);
  return env;
}

afterEach(() => {
  for (const env of opened.splice(0)) env.close();
});

describe.each([
  [0, false],
  [2, false],
  [9, false],
  [1, true],
  [3, true],
])('a vector environment of %i worker threads (the caller steps: %s)', (workers, callerSteps) => {
  describeVectorForm((options) => makeVector('Drift-v0', { ...options, workers, callerSteps }));
});

class Idle extends Wrapper<unknown, unknown> {}

test.each(autoresetModes)(
  'environments stepped inside their wrappers do what wrapped ones do (%s)',
  async (autoresetMode) => {
    const discrete = autoresetMode === 'disabled';
    const made = () => make<unknown, unknown>('Drift-v0', { limit: 0.6, discrete });
    const bare = new SyncVectorEnv([await made(), await made(), await made()], { autoresetMode });
    // Around one wrapper more they are stepped through all of them.
    const wrapped = new SyncVectorEnv([new Idle(await made()), new Idle(await made()), new Idle(await made())], {
      autoresetMode,
    });
    opened.push(bare, wrapped);
    for (const env of [bare, wrapped]) env.reset({ seed: 8 });
    const random = defaultRng(4);
    const actions = new Float32Array(3 * bare.actionSize);
    let [ends, cuts] = [0, 0];
    for (let step = 0; step < 80; step++) {
      for (let i = 0; i < actions.length; i++) actions[i] = discrete ? random.integers(4) : random.uniform(-0.6, 0.6);
      ends += advance(bare, actions);
      cuts += bare.truncated.reduce((sum, flag) => sum + flag, 0);
      advance(wrapped, actions);
      expect(rowsOf(wrapped)).toEqual(rowsOf(bare));
      const states = wrapped.saveState().map((state) => ({ ...state, env: (state.env as EnvState).env }));
      expect(bare.saveState()).toEqual(states);
      if (step === 40) bare.restoreState(JSON.parse(JSON.stringify(bare.saveState())));
    }
    expect(ends).toBeGreaterThan(0);
    // In disabled mode the resets have cleared the flags.
    expect(cuts > 0).toBe(!discrete);
  },
);

test('next-step: the step after the end only resets, and says so', async () => {
  const env = await open({ count: 1, seed: 0, options: { limit: 1e9 } });
  const actions = new Float32Array(2);
  for (let step = 0; step < 12; step++) env.step(actions);
  expect([env.truncated[0], env.terminated[0], env.wasReset[0]]).toEqual([1, 0, 0]);
  const last = [...env.observations];
  env.step(new Float32Array([1, 1]));
  expect([env.truncated[0], env.rewards[0], env.wasReset[0]]).toEqual([0, 0, 1]);
  expect([...env.observations]).not.toEqual(last);
  expect(Math.max(...env.observations.map(Math.abs))).toBeLessThan(0.1);
  env.step(actions);
  expect(env.wasReset[0]).toBe(0);
});

test('same-step: the ending step shows the next start and keeps the last observation', async () => {
  const options = { count: 1, seed: 0, options: { limit: 1e9 } };
  const env = await open({ ...options, autoresetMode: 'same-step' });
  const plain = await open({ ...options, autoresetMode: 'disabled' });
  for (let step = 0; step < 12; step++) {
    env.step(new Float32Array(2));
    plain.step(new Float32Array(2));
  }
  expect([env.truncated[0], env.wasReset[0]]).toEqual([1, 0]);
  expect([...env.finalObservations]).toEqual([...plain.observations]);
  expect(env.rewards[0]).toBe(plain.rewards[0]);
  plain.resetAt(0);
  expect([...env.observations]).toEqual([...plain.observations]);
});

test('counts and modes that make no sense are refused', async () => {
  await expect(makeVector('Drift-v0', { count: 0 })).rejects.toThrow('count is 0, expected a whole number from 1.');
  await expect(makeVector('Drift-v0', { workers: 1.5 })).rejects.toThrow('workers is 1.5');
  await expect(makeVector('Drif-v0')).rejects.toThrow('did you mean Drift-v0');
});
