import { defaultRng } from '@understudy/random';
import { afterEach, expect, test } from 'vitest';
import { type AutoresetMode, type MakeVectorOptions, makeVector, type VectorEnv } from '../index.ts';
import './drift-env.js';

/** The module that registers `Drift-v0`, for threads and servers to import. */
export const driftModule: string = new URL('./drift-env.js', import.meta.url).href;

/** Makes a vector environment of `Drift-v0` in the form under test; `workers` may be ignored. */
export type OpenVector = (options: Omit<MakeVectorOptions, 'workers' | 'modules'>) => Promise<VectorEnv>;

/** Everything that steps write, as plain arrays. */
export function rowsOf(env: VectorEnv): number[][] {
  return [env.observations, env.finalObservations, env.rewards, env.terminated, env.truncated, env.wasReset].map(
    (row) => [...row],
  );
}

/** Random actions, the same array every time. */
export function actionsFor(env: VectorEnv, seed: number): () => Float32Array {
  const random = defaultRng(seed);
  const actions = new Float32Array(env.count * env.actionSize);
  return () => {
    random.fillUniform(actions, -1, 1);
    return actions;
  };
}

/** Steps, and in disabled mode resets what has ended. @returns how many tasks ended. */
export function advance(env: VectorEnv, actions: Float32Array): number {
  env.step(actions);
  const ends = env.terminated.reduce((sum, flag) => sum + flag, 0);
  if (env.autoresetMode !== 'disabled') return ends;
  for (let i = 0; i < env.count; i++) if (env.terminated[i] || env.truncated[i]) env.resetAt(i);
  return ends;
}

export const autoresetModes: readonly AutoresetMode[] = ['next-step', 'same-step', 'disabled'];

/** What every form of vector environment must do: the in-thread one is the reference, bit by bit. */
export function describeVectorForm(make: OpenVector): void {
  const opened: VectorEnv[] = [];
  const keep = async (made: Promise<VectorEnv>): Promise<VectorEnv> => {
    opened.push(await made);
    return made;
  };
  const open: OpenVector = (options) => keep(make(options));
  const reference: OpenVector = (options) => keep(makeVector('Drift-v0', options));

  afterEach(() => {
    for (const env of opened.splice(0)) env.close();
  });

  test.each(autoresetModes)('steps give the bytes of the in-thread environment (%s)', async (autoresetMode) => {
    const options = { count: 5, autoresetMode, seed: 3, options: { limit: 0.4 } };
    const [one, other] = [await reference(options), await open(options)];
    const nextActions = actionsFor(one, 1);
    let ends = 0;
    for (let step = 0; step < 60; step++) {
      const actions = nextActions();
      ends += advance(one, actions);
      advance(other, actions);
      expect(rowsOf(other)).toEqual(rowsOf(one));
    }
    expect(ends).toBeGreaterThan(5);
    expect(other.saveState()).toEqual(one.saveState());
    expect([other.id, other.count, other.autoresetMode]).toEqual([one.id, 5, autoresetMode]);
    expect(String(other.singleObservationSpace)).toBe(String(one.singleObservationSpace));
    expect(String(other.singleActionSpace)).toBe(String(one.singleActionSpace));
    expect([other.observationSize, other.actionSize]).toEqual([one.observationSize, one.actionSize]);
  });

  test('a state goes on bit by bit, from the in-thread form and to it', async () => {
    for (const [from, to] of [[reference, open] as const, [open, reference] as const]) {
      const one = await from({ count: 3, seed: 5 });
      const nextActions = actionsFor(one, 2);
      for (let step = 0; step < 12; step++) one.step(nextActions());
      const saved = JSON.parse(JSON.stringify(one.saveState()));
      const other = await to({ count: 3 });
      other.restoreState(saved);
      expect([...other.observations]).toEqual([...one.observations]);
      for (let step = 0; step < 30; step++) {
        const actions = nextActions();
        one.step(actions);
        other.step(actions);
        expect(rowsOf(other)).toEqual(rowsOf(one));
      }
      expect(() => other.restoreState(saved.slice(1))).toThrow('2 states were given for 3 sub-environments');
    }
  });

  test('sub-environments are reset with consecutive seeds and tell their infos', async () => {
    const env = await open({ count: 3 });
    env.reset({ seed: 40, options: { level: 1 } });
    expect(env.resetInfos).toEqual([40, 41, 42].map((seed) => ({ seed, options: { level: 1 } })));
    const lone = await reference({ seed: 41 });
    expect([...env.observations.subarray(3, 6)]).toEqual([...lone.observations]);
    env.reset();
    expect(env.resetInfos[0]).toEqual({ seed: null, options: null });
    const unseeded = await open({ count: 2 });
    unseeded.reset();
    expect(unseeded.resetInfos.map((info) => info.seed)).toEqual([0, 1]);
  });

  test('disabled: a step after the end is refused until the sub-environment is reset', async () => {
    const env = await open({ count: 2, seed: 0, autoresetMode: 'disabled', options: { limit: 1e9 } });
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
  });

  test('discrete actions are one number each', async () => {
    const one = await reference({ count: 3, seed: 1, options: { discrete: true } });
    const other = await open({ count: 3, seed: 1, options: { discrete: true } });
    expect(other.actionSize).toBe(1);
    for (const env of [one, other]) env.step(new Float32Array([0, 3, 1]));
    expect(rowsOf(other)).toEqual(rowsOf(one));
    expect(() => other.step(new Float32Array([0, 4, 1]))).toThrow('expected an element of Discrete(4)');
  });

  test('wrong actions are refused before any sub-environment steps', async () => {
    const env = await open({ count: 2, seed: 0 });
    const before = env.saveState();
    expect(() => env.step(new Float32Array(3))).toThrow('are 3 numbers, expected 2 x 2');
    expect(() => env.step(new Float32Array([0, 0, Number.NaN, 0]))).toThrow(
      'The action for sub-environment 1 of Drift-v0 has a NaN',
    );
    expect(env.saveState()).toEqual(before);
    env.step(new Float32Array(4));
  });

  test('an error of the environment arrives with its message and leaves it usable', async () => {
    const env = await open({ count: 1, seed: 0, options: { trouble: 'throw' } });
    const actions = new Float32Array(2);
    env.step(actions);
    env.step(actions);
    expect(() => env.step(actions)).toThrow('the simulation diverged');
    expect(() => env.step(actions)).toThrow('since one failed; call reset()');
    expect(() => env.reset({ options: { forbidden: true } })).toThrow('forbidden option');
    env.reset({ seed: 1 });
    env.step(actions);
    expect(env.rewards[0]).not.toBe(0);
  });

  test('steps before the first reset and everything after close are refused', async () => {
    const env = await open({ count: 2 });
    expect(() => env.step(new Float32Array(4))).toThrow('can take no step before its first reset');
    env.close();
    env.close();
    expect(() => env.reset()).toThrow('The vector environment of 2 Drift-v0 is closed');
    expect(() => env.step(new Float32Array(4))).toThrow('is closed');
  });
}
