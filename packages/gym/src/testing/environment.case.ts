import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkEnv } from '../checker/check-env.ts';
import type { Env, GoalEnv, RenderFrame } from '../env.ts';
import { type EnvDescription, type MakeOptions, make, spec } from '../registry.ts';
import './drift-env.js';
import {
  type AnyEnv,
  expectRefusal,
  expectRejection,
  flatten,
  hasEnded,
  isGoalEnv,
  run,
  runGoals,
  runToEnd,
  sampleActions,
} from './environment-runs.ts';
import { describeVectorEnvironment } from './vector-environment.case.ts';

/** Makes the environment under test as users do, by `make` and its id. */
export type MakeEnvironment = (options?: MakeOptions) => Promise<AnyEnv>;

const descriptionParts: (keyof EnvDescription)[] = ['task', 'observation', 'action', 'reward', 'origin', 'differences'];

/**
 * What every registered environment must do, whatever its task: the contract of {@link Env} to the letter and the bit.
 *
 * @param makeIt - Registers the environment if need be, and makes it.
 */
export function describeEnvironment(id: string, makeIt: MakeEnvironment): void {
  describe(`${id} keeps the contract of environments`, () => {
    let env: AnyEnv;
    let actions: unknown[];
    beforeAll(async () => {
      env = await makeIt();
      actions = sampleActions(env, 12);
    });
    afterAll(() => env?.close());

    describeRuns(
      () => env,
      () => actions,
    );
    describeSavedStates(
      makeIt,
      () => env,
      () => actions,
    );
    describeRefusals(
      id,
      makeIt,
      () => env,
      () => actions,
    );
    describeFace(id, makeIt, () => env);
    describeVectorEnvironment(makeIt);
  });
}

/** Resets and steps. */
function describeRuns(theEnv: () => AnyEnv, theActions: () => unknown[]): void {
  test('the spaces contain what is observed and what they sample', () => {
    const [env, actions] = [theEnv(), theActions()];
    const { observationSpace, actionSpace } = env;
    expect(observationSpace.contains(env.reset({ seed: 1 }).observation)).toBe(true);
    for (const { observation } of run(env, actions)) expect(observationSpace.contains(observation)).toBe(true);
    expect(observationSpace.contains(observationSpace.sample())).toBe(true);
    for (const action of actions) expect(actionSpace.contains(action)).toBe(true);
  });

  test('the same seed gives the same episode, and a reset without one goes on from there', () => {
    const [env, actions] = [theEnv(), theActions()];
    const episodes = () => [env.reset({ seed: 3 }), ...run(env, actions), env.reset(), ...run(env, actions)];
    const first = episodes();
    expect(episodes()).toEqual(first);
    const starts = [0, 1, 2, 3].map((seed) => [...flatten(env, env.reset({ seed }).observation)].join());
    if (new Set(starts).size === 1) return; // every episode of this task starts alike
    const restart = flatten(env, env.reset().observation);
    expect([...restart].join()).not.toBe(starts[3]);
  });

  test('observations are the caller’s to keep, and infos always have the same keys', () => {
    const [env, actions] = [theEnv(), theActions()];
    const start = env.reset({ seed: 4 });
    const atOnce = structuredClone(start.observation);
    const kept = [];
    const copies = [];
    const keys = new Set<string>();
    for (const action of actions.slice(0, 6)) {
      const { observation, info, terminated, truncated } = env.step(action);
      kept.push(observation);
      copies.push(structuredClone(observation));
      keys.add(Object.keys(info).sort().join());
      if (terminated || truncated) env.reset();
    }
    env.reset();
    expect(start.observation).toEqual(atOnce);
    expect(kept).toEqual(copies);
    expect(keys.size).toBe(1);
    const resetKeys = [env.reset({ seed: 4 }), env.reset()].map(({ info }) => Object.keys(info).sort().join());
    expect(resetKeys[1]).toBe(resetKeys[0]);
  });

  test('stepInto writes what step returns, rounded to float32, and nothing beside it', () => {
    const [env, actions] = [theEnv(), theActions()];
    if (!env.stepInto) return expect(env.observationSpace.kind).not.toBe('box');
    env.reset({ seed: 5 });
    const expected = run(env, actions);
    env.reset({ seed: 5 });
    const size = env.observationSpace.flatSize;
    const out = new Float32Array(size + 2);
    actions.forEach((action, i) => {
      out.fill(7);
      const { reward, terminated, truncated } = env.stepInto!(action, out, 1);
      const { observation, info: _, nextStart: __, ...signals } = expected[i];
      expect({ reward, terminated, truncated }).toEqual(signals);
      expect(out).toEqual(Float32Array.of(7, ...flatten(env, observation), 7));
      if (terminated || truncated) env.reset();
    });
  });

  test('computeReward explains the rewards of steps, one by one and together', () => {
    const [env, actions] = [theEnv(), theActions()];
    if (!isGoalEnv(env)) return expect(env.observationSpace.kind).not.toBe('dict');
    const goalEnv = env.unwrapped as unknown as GoalEnv;
    const { goalSize, achieved, desired, rewards } = runGoals(env, 6, actions);
    expect(goalEnv.computeReward(achieved, desired)).toEqual(rewards);
    const given = new Float64Array(actions.length);
    expect(goalEnv.computeReward(achieved, desired, given)).toBe(given);
    rewards.forEach((reward, i) => {
      const goal = [i * goalSize, (i + 1) * goalSize];
      expect(goalEnv.computeReward(achieved.slice(...goal), desired.slice(...goal))).toEqual(Float64Array.of(reward));
    });
    expectRefusal(() => goalEnv.computeReward(achieved, desired.subarray(1)), env.id);
  });
}

/** States that a run is resumed from. */
function describeSavedStates(makeIt: MakeEnvironment, theEnv: () => AnyEnv, theActions: () => unknown[]): void {
  test('a fresh environment goes on from a saved state, in the middle of an episode', async () => {
    const [env, actions] = [theEnv(), theActions()];
    const fresh = await makeIt();
    env.reset({ seed: 7 });
    run(env, actions.slice(0, 3));
    const text = JSON.stringify(env.saveState!());
    const goOn = (each: AnyEnv) => [...run(each, actions.slice(3)), each.reset(), ...run(each, actions.slice(0, 3))];
    const expected = goOn(env);
    fresh.restoreState!(JSON.parse(text));
    expect(goOn(fresh)).toEqual(expected);
    fresh.close();
  });

  test('and at the end of an episode, where it wants a reset', async () => {
    const [env, fresh] = [await makeIt({ maxEpisodeSteps: 4 }), await makeIt({ maxEpisodeSteps: 4 })];
    const actions = theActions();
    runToEnd(env, 8, actions);
    fresh.restoreState!(JSON.parse(JSON.stringify(env.saveState!())));
    for (const each of [env, fresh]) expectRefusal(() => each.step(actions[0]), 'reset');
    const goOn = (each: AnyEnv) => [each.reset(), ...run(each, actions)];
    expect(goOn(fresh)).toEqual(goOn(env));
    env.close();
    fresh.close();
  });

  test('saved states of another kind are refused, and what was there stays', async () => {
    const [env, actions] = [theEnv(), theActions()];
    const other = await make<unknown, unknown>('Drift-v0');
    other.reset({ seed: 0 });
    env.reset({ seed: 9 });
    const expected = run(env, actions.slice(0, 3));
    env.reset({ seed: 9 });
    for (const wrong of [other.saveState!(), {}]) expectRefusal(() => env.restoreState!(wrong), env.id);
    expect(run(env, actions.slice(0, 3))).toEqual(expected);
    other.close();
  });
}

/** What has to be refused. */
function describeRefusals(
  id: string,
  makeIt: MakeEnvironment,
  theEnv: () => AnyEnv,
  theActions: () => unknown[],
): void {
  test('wrong actions are refused in one sentence and change nothing', () => {
    const [env, actions] = [theEnv(), theActions()];
    env.reset({ seed: 10 });
    const expected = run(env, actions.slice(0, 2));
    env.reset({ seed: 10 });
    for (const wrong of wrongActions(actions[0])) expectRefusal(() => env.step(wrong), id);
    expect(run(env, actions.slice(0, 2))).toEqual(expected);
  });

  test('an unknown option is refused with the nearest one', async () => {
    for (const name of spec(id).optionNames ?? [])
      await expectRejection(makeIt({ [`${name}X`]: 1 }), id, `${name}X`, name);
    await expectRejection(makeIt({ maxEpisodeStep: 1 }), id, 'maxEpisodeSteps');
    for (const wrong of [0, 1.5, Number.NaN]) await expectRejection(makeIt({ maxEpisodeSteps: wrong }));
  });

  test('a step before the first reset and any call after close are refused', async () => {
    const env = await makeIt();
    const [action] = theActions();
    expectRefusal(() => env.step(action), id, 'reset');
    env.reset({ seed: 0 });
    const state = env.saveState!();
    env.close();
    env.close();
    const calls = [
      () => env.reset(),
      () => env.step(action),
      () => env.render(),
      () => env.saveState!(),
      () => env.restoreState!(state),
    ];
    for (const call of calls) expectRefusal(call, id, 'closed');
    for (const seed of [-1, 0.5, Number.NaN]) expectRefusal(() => theEnv().reset({ seed }));
  });
}

/** What an environment shows of itself. */
function describeFace(id: string, makeIt: MakeEnvironment, theEnv: () => AnyEnv): void {
  test('it is registered with its id, description, time limit and module', () => {
    const { maxEpisodeSteps, description, module } = spec(id);
    expect(theEnv().id).toBe(id);
    expect(theEnv().metadata.maxEpisodeSteps).toBe(maxEpisodeSteps);
    expect(module).toMatch(/^file:.*register\.[jt]s$/);
    expect(Object.keys(description ?? {}).sort()).toEqual([...descriptionParts].sort());
    for (const part of descriptionParts) {
      expect(description?.[part], part).toMatch(/^\S[^\n]*\S$/);
    }
  });

  test('an episode is cut off at its time limit', async () => {
    for (const maxEpisodeSteps of [1, 2]) {
      const env = await makeIt({ maxEpisodeSteps });
      expect(env.metadata.maxEpisodeSteps).toBe(maxEpisodeSteps);
      env.reset({ seed: 0 });
      for (const [i, action] of sampleActions(env, maxEpisodeSteps).entries()) {
        const { terminated, truncated } = env.step(action);
        expect(truncated).toBe(i + 1 === maxEpisodeSteps);
        if (terminated) break;
      }
      env.close();
    }
  });

  test('checkEnv finds nothing', async () => {
    expect(checkEnv(await makeIt({ maxEpisodeSteps: 20 }), { maxSteps: 20 })).toEqual([]);
  });

  test('the picture has the size asked for and shows the state', async () => {
    const env = theEnv();
    env.reset({ seed: 11 });
    const size = { width: 160, height: 120 };
    const before = frameOf(env, size);
    expect(before.data.length).toBe(3 * before.width * before.height);
    expect({ width: before.width, height: before.height }).toEqual(size);
    const copy = before.data.slice();
    expect(Buffer.compare(frameOf(env, size).data, copy)).toBe(0);
    for (const action of sampleActions(env, 10)) if (hasEnded(env.step(action))) break;
    expect(Buffer.compare(frameOf(env, size).data, copy)).not.toBe(0);
    expect(Buffer.compare(before.data, copy)).toBe(0);
    const byDefault = frameOf(env);
    expect(byDefault.data.length).toBe(3 * byDefault.width * byDefault.height);
    expectRefusal(() => env.render({ width: 0 }), 'width');
  });
}

function frameOf(env: Env<unknown, unknown>, options?: { width: number; height: number }): RenderFrame {
  const frame = env.render(options);
  if (!frame) throw new Error(`${env.id} draws no picture`);
  return frame;
}

function wrongActions(sample: unknown): unknown[] {
  if (typeof sample === 'number') return [-1, 1e6, 0.5, Number.NaN, null, '0'];
  const numbers = sample as Float32Array;
  const last = numbers.slice();
  last[last.length - 1] = Number.NaN;
  const infinite = numbers.slice().fill(Number.POSITIVE_INFINITY, 0, 1);
  return [last, infinite, new Float32Array(numbers.length + 1), numbers.slice(1), undefined];
}
