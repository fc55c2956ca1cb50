import { defaultRng } from '@understudy/random';
import { afterEach, expect, test } from 'vitest';
import {
  type AutoresetMode,
  type EnvState,
  type MakeVectorOptions,
  make,
  makeVector,
  SyncVectorEnv,
  type VectorEnv,
  Wrapper,
} from '../index.ts';
import '../testing/drift-env.js';

const opened: VectorEnv[] = [];

async function open(options: MakeVectorOptions): Promise<VectorEnv> {
  const env = await makeVector('Drift-v0', options);
  opened.push(env);
  return env;
}

afterEach(() => {
  for (const env of opened.splice(0)) env.close();
});

/** Everything that steps write, as plain arrays. */
function rowsOf(env: VectorEnv): number[][] {
  return [env.observations, env.finalObservations, env.rewards, env.terminated, env.truncated, env.wasReset].map(
    (row) => [...row],
  );
}

function actionsFor(env: VectorEnv, seed: number): () => Float32Array {
  const random = defaultRng(seed);
  const actions = new Float32Array(env.count * env.actionSize);
  return () => {
    random.fillUniform(actions, -1, 1);
    return actions;
  };
}

/** Steps, and in disabled mode resets what has ended. @returns how many tasks ended. */
function advance(env: VectorEnv, actions: Float32Array): number {
  env.step(actions);
  const ends = env.terminated.reduce((sum, flag) => sum + flag, 0);
  if (env.autoresetMode !== 'disabled') return ends;
  for (let i = 0; i < env.count; i++) if (env.terminated[i] || env.truncated[i]) env.resetAt(i);
  return ends;
}

const modes: AutoresetMode[] = ['next-step', 'same-step', 'disabled'];

test.each(modes)('worker threads give the bytes of the in-thread environment (%s)', async (autoresetMode) => {
  const options = { count: 5, autoresetMode, seed: 3, options: { limit: 0.4 } };
  const one = await open(options);
  const others = [await open({ ...options, workers: 2 }), await open({ ...options, workers: 9 })];
  const nextActions = actionsFor(one, 1);
  let ends = 0;
  for (let step = 0; step < 60; step++) {
    const actions = nextActions();
    ends += advance(one, actions);
    for (const env of others) {
      advance(env, actions);
      expect(rowsOf(env)).toEqual(rowsOf(one));
    }
  }
  expect(ends).toBeGreaterThan(5);
  for (const env of others) expect(env.saveState()).toEqual(one.saveState());
});

class Idle extends Wrapper<unknown, unknown> {}

test.each(modes)('environments stepped inside their wrappers do what wrapped ones do (%s)', async (autoresetMode) => {
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
});

test.each([0, 2])('a restored state goes on bit by bit, in either form (%i workers)', async (workers) => {
  const one = await open({ count: 3, workers, seed: 5 });
  const nextActions = actionsFor(one, 2);
  for (let step = 0; step < 12; step++) one.step(nextActions());
  const saved = JSON.parse(JSON.stringify(one.saveState()));
  const other = await open({ count: 3, workers: 2 - workers });
  other.restoreState(saved);
  expect([...other.observations]).toEqual([...one.observations]);
  for (let step = 0; step < 30; step++) {
    const actions = nextActions();
    one.step(actions);
    other.step(actions);
    expect(rowsOf(other)).toEqual(rowsOf(one));
  }
  expect(() => other.restoreState(saved.slice(1))).toThrow('2 states were given for 3 sub-environments');
});

test('sub-environments are reset with consecutive seeds and tell their infos', async () => {
  for (const workers of [0, 2]) {
    const env = await open({ count: 3, workers });
    env.reset({ seed: 40, options: { level: 1 } });
    expect(env.resetInfos).toEqual([40, 41, 42].map((seed) => ({ seed, options: { level: 1 } })));
    const lone = await open({ seed: 41 });
    expect([...env.observations.subarray(3, 6)]).toEqual([...lone.observations]);
    env.reset();
    expect(env.resetInfos[0]).toEqual({ seed: null, options: null });
  }
  const unseeded = await open({ count: 2 });
  unseeded.reset();
  expect(unseeded.resetInfos.map((info) => info.seed)).toEqual([0, 1]);
});

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

test('disabled: a step after the end is refused until the sub-environment is reset', async () => {
  for (const workers of [0, 2]) {
    const env = await open({ count: 2, workers, seed: 0, autoresetMode: 'disabled', options: { limit: 1e9 } });
    for (let step = 0; step < 12; step++) env.step(new Float32Array(4));
    const before = rowsOf(env);
    expect(() => env.step(new Float32Array(4))).toThrow('sub-environment 0 of Drift-v0 has ended; call resetAt(0)');
    expect(rowsOf(env)).toEqual(before);
    env.resetAt(0, { seed: 9 });
    env.resetAt(1, { seed: 9 });
    expect(env.resetInfos[1].seed).toBe(9);
    expect([...env.observations.subarray(0, 3)]).toEqual([...env.observations.subarray(3)]);
    env.step(new Float32Array(4));
    expect(() => env.resetAt(2)).toThrow('There is no sub-environment 2 of Drift-v0; there are 2');
  }
});

test('discrete actions are one number each', async () => {
  const one = await open({ count: 3, seed: 1, options: { discrete: true } });
  const other = await open({ count: 3, workers: 2, seed: 1, options: { discrete: true } });
  expect(one.actionSize).toBe(1);
  for (const env of [one, other]) env.step(new Float32Array([0, 3, 1]));
  expect(rowsOf(other)).toEqual(rowsOf(one));
  expect(() => one.step(new Float32Array([0, 4, 1]))).toThrow('expected an element of Discrete(4)');
});

test('wrong actions are refused before any sub-environment steps', async () => {
  for (const workers of [0, 2]) {
    const env = await open({ count: 2, workers, seed: 0 });
    const before = env.saveState();
    expect(() => env.step(new Float32Array(3))).toThrow('are 3 numbers, expected 2 x 2');
    expect(() => env.step(new Float32Array([0, 0, Number.NaN, 0]))).toThrow(
      'The action for sub-environment 1 of Drift-v0 has a NaN',
    );
    expect(env.saveState()).toEqual(before);
    env.step(new Float32Array(4));
  }
});

test('steps before the first reset and everything after close are refused', async () => {
  for (const workers of [0, 1]) {
    const env = await open({ count: 2, workers });
    expect(() => env.step(new Float32Array(4))).toThrow('can take no step before its first reset');
    env.close();
    env.close();
    expect(() => env.reset()).toThrow('The vector environment of 2 Drift-v0 is closed');
    expect(() => env.step(new Float32Array(4))).toThrow('is closed');
  }
});

test('counts and modes that make no sense are refused', async () => {
  await expect(makeVector('Drift-v0', { count: 0 })).rejects.toThrow('count is 0, expected a whole number from 1.');
  await expect(makeVector('Drift-v0', { workers: 1.5 })).rejects.toThrow('workers is 1.5');
  await expect(makeVector('Drif-v0')).rejects.toThrow('did you mean Drift-v0');
});
