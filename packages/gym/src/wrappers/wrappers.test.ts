import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import {
  ActionCheck,
  Box,
  ClipAction,
  type Env,
  FrameStack,
  NormalizeObservation,
  NormalizeReward,
  OrderEnforcing,
  RecordEpisodeStatistics,
  RescaleAction,
  TimeLimit,
  TransformObservation,
  TransformReward,
} from '../index.ts';
import { DriftEnv } from '../testing/drift-env.js';
import { gymnasiumFixture } from '../testing/gymnasium-fixture.ts';
import { ScriptedEnv } from '../testing/scripted-env.ts';

const { wrappers, actionWrappers } = gymnasiumFixture();
const still = new Float32Array(2);

type FlatEnv = Env<Float64Array | Float32Array, Float32Array>;

/** [observation, reward] of every reset and step, as the fixture has them. */
function run(env: FlatEnv, rows: number): [number[], number][] {
  const reset = (): [number[], number] => [[...env.reset().observation], 0];
  const result = [reset()];
  while (result.length < rows) {
    const { observation, reward, terminated, truncated } = env.step(still);
    result.push([[...observation], reward]);
    if (terminated || truncated) result.push(reset());
  }
  return result.slice(0, rows);
}

test.each<[string, FlatEnv]>([
  ['normalizeObservation', new NormalizeObservation(new ScriptedEnv())],
  ['normalizeReward', new NormalizeReward(new TimeLimit(new ScriptedEnv(), 7), { gamma: 0.9 })],
  ['frameStack', new FrameStack(new ScriptedEnv(), 3)],
  ['frameStackZero', new FrameStack(new ScriptedEnv(), 3, { padding: 'zero' })],
])('%s gives what Gymnasium gives, number by number', (name, env) => {
  const expected = wrappers[name];
  expect(run(env, expected.length)).toEqual(expected);
  expect(env.observationSpace.contains(env.reset().observation)).toBe(true);
});

test.each<['rescaleAction' | 'rescaleActionWide' | 'clipAction', (env: ScriptedEnv) => Env]>([
  ['rescaleAction', (env) => new RescaleAction(env)],
  ['rescaleActionWide', (env) => new RescaleAction(env, -3, 0.7)],
  ['clipAction', (env) => new ClipAction(env)],
])('%s passes the actions on that Gymnasium passes on', (name, wrap) => {
  const inner = new ScriptedEnv();
  const env = wrap(inner);
  env.reset();
  for (const [outer, expected] of actionWrappers[name]) {
    env.step(new Float32Array(outer));
    expect([...inner.action]).toEqual(expected);
  }
});

test('action spaces of clipped and rescaled environments are those of the caller', () => {
  expect(String(new ClipAction(new ScriptedEnv()).actionSpace)).toBe('Box(-inf, inf, (2,), float32)');
  expect(String(new RescaleAction(new ScriptedEnv(), -1, 1).actionSpace)).toBe('Box(-1.0, 1.0, (2,), float32)');
  expect(() => new RescaleAction(new ClipAction(new ScriptedEnv()))).toThrow('RescaleAction needs finite bounds');
  expect(() => new RescaleAction(new ScriptedEnv(), 1, 1)).toThrow('expected finite increasing ones');
  const discrete = new DriftEnv({ discrete: true });
  expect(() => new ClipAction(discrete)).toThrow('ClipAction needs a Box space, got Discrete(4).');
});

test('a time limit truncates at its step, again in every episode', () => {
  const env = new TimeLimit(new ScriptedEnv(), 3);
  expect(env.metadata.maxEpisodeSteps).toBe(3);
  for (let episode = 0; episode < 2; episode++) {
    env.reset();
    expect([1, 2, 3].map(() => env.step(still).truncated)).toEqual([false, false, true]);
  }
  expect(env.elapsedSteps).toBe(3);
  expect(() => new TimeLimit(new ScriptedEnv(), 0)).toThrow('maxEpisodeSteps is 0');
});

test('calls out of order are refused by what to do instead', () => {
  const inner = new DriftEnv({ limit: 1e9 });
  const env = new OrderEnforcing(new TimeLimit(inner, 2));
  const out = new Float32Array(3);
  expect(() => env.step(still)).toThrow('Drift-v0 can take no step before its first reset; call reset() first.');
  env.reset({ seed: 0 });
  env.step(still);
  env.step(still);
  expect(() => env.step(still)).toThrow('Drift-v0 can take no step after the end of its episode');
  expect(() => env.stepInto!(still, out, 0)).toThrow('after the end of its episode');
  env.reset();
  env.stepInto!(still, out, 0);
  env.close();
  env.close();
  expect(inner.closed).toBe(1);
  for (const call of [() => env.step(still), () => env.reset(), () => env.render(), () => env.saveState!()]) {
    expect(call).toThrow('Drift-v0 is closed; make a new one.');
  }
});

test('actions of the wrong shape or with NaN are refused, bounds are not', () => {
  const env = new ActionCheck(new DriftEnv());
  env.reset({ seed: 0 });
  expect(() => env.step(new Float32Array(3))).toThrow('a Float32Array of shape (3,), expected Box(-2.0, 1.0');
  expect(() => env.step([0, 0] as unknown as Float32Array)).toThrow('a plain array of 2, expected Box(');
  expect(() => env.step(new Float32Array([0, Number.NaN]))).toThrow('is [0, NaN], expected finite numbers.');
  env.step(new Float32Array([50, 0]));
  const discrete = new ActionCheck<Float64Array, unknown>(new DriftEnv({ discrete: true }));
  expect(() => discrete.step(4)).toThrow('An action of Drift-v0 is 4, expected an element of Discrete(4).');
});

test('episode statistics are in the last info and in the queues', () => {
  const env = new RecordEpisodeStatistics(new ScriptedEnv(), { bufferLength: 2 });
  for (let episode = 0; episode < 3; episode++) {
    env.reset();
    let sum = 0;
    for (let step = 1; step <= 9; step++) {
      const { reward, info } = env.step(still);
      sum += reward;
      expect(info.episode).toEqual(step === 9 ? { r: sum, l: 9 } : undefined);
    }
  }
  expect([env.episodeCount, env.returnQueue, env.lengthQueue]).toEqual([3, [8.75, 8.75], [9, 9]]);
});

test('transformations apply to observations and rewards', () => {
  const space = new Box({ low: 0, high: 1, shape: [1] });
  const half = new TransformReward(new ScriptedEnv(), (reward) => reward / 2);
  const env = new TransformObservation(half, (observation: Float64Array) => new Float32Array([observation[1]]), space);
  expect([...env.reset().observation]).toEqual([7]);
  const { observation, reward } = env.step(still);
  expect([[...observation], reward]).toEqual([[6], 0.875]);
  expect(env.observationSpace).toBe(space);
});

test('frozen statistics normalise without learning', () => {
  const env = new NormalizeObservation(new ScriptedEnv());
  env.reset();
  env.updateRunningMean = false;
  const mean = [...env.moments.mean];
  env.step(still);
  expect([...env.moments.mean]).toEqual(mean);
});

/** All wrappers at once, over an environment with stepInto and states. */
function stacked(): Env<Float32Array, Float32Array> & {
  statistics: RecordEpisodeStatistics<Float64Array, Float32Array>;
} {
  const statistics = new RecordEpisodeStatistics(
    new OrderEnforcing(new TimeLimit(new ActionCheck(new DriftEnv({ limit: 0.7 })), 12)),
  );
  const actions = new ClipAction(new RescaleAction(statistics));
  const rewards = new TransformReward(new NormalizeReward(actions), (reward) => 2 * reward);
  const env = new FrameStack(new NormalizeObservation(rewards), 2);
  return Object.assign(env, { statistics });
}

test('through all wrappers stepInto takes the same steps as step', () => {
  const [one, other] = [stacked(), stacked()];
  const random = defaultRng(4);
  const [action, out] = [new Float32Array(2), new Float32Array(8).fill(5)];
  one.reset({ seed: 1 });
  other.reset({ seed: 1 });
  for (let i = 0; i < 60; i++) {
    random.fillUniform(action, -1, 1);
    const { observation, reward, terminated, truncated } = one.step(action);
    const signals = other.stepInto!(action, out, 1);
    expect([...out]).toEqual([5, ...observation, 5]);
    expect([signals.reward, signals.terminated, signals.truncated]).toEqual([reward, terminated, truncated]);
    if (!terminated && !truncated) continue;
    one.reset();
    other.reset();
  }
  expect(one.statistics.episodeCount).toBeGreaterThan(4);
});

test('through all wrappers a restored state goes on bit by bit', () => {
  const [one, other] = [stacked(), stacked()];
  const advance = (env: ReturnType<typeof stacked>, steps: number, seed: number) => {
    const random = defaultRng(seed);
    return Array.from({ length: steps }, () => {
      const action = new Float32Array(2);
      random.fillUniform(action, -1, 1);
      const { observation, reward, terminated, truncated } = env.step(action);
      if (terminated || truncated) env.reset();
      return [[...observation], reward, terminated, truncated, [...env.statistics.returnQueue]];
    });
  };
  one.reset({ seed: 1 });
  advance(one, 17, 2);
  other.restoreState!(JSON.parse(JSON.stringify(one.saveState!())));
  expect(advance(other, 40, 3)).toEqual(advance(one, 40, 3));
});

test('a wrapper offers stepInto and states only where the inner environment does', () => {
  const without = new OrderEnforcing(new TimeLimit(new ScriptedEnv(), 5));
  expect([without.stepInto, without.saveState, without.restoreState]).toEqual([undefined, undefined, undefined]);
  const inner = new DriftEnv();
  const within = new TimeLimit(new RecordEpisodeStatistics(inner), 5);
  expect(within.stepInto).toBeTypeOf('function');
  expect(within.unwrapped).toBe(inner);
});
