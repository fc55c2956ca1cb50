import { fileURLToPath } from 'node:url';
import { checkEnv, type GoalObservation, make } from '@understudy/gym';
import { checkAgainstReference, compareInfoWithReference, engineNames, readJsonFile } from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import { FetchReachEnv } from './fetch-reach-env.ts';
import { fetchReachModel, fetchReachModelOfTips } from './model.ts';
import './register.ts';

const ids = ['FetchReach-v4', 'FetchReachDense-v4'] as const;
const reference = (id: string) =>
  readJsonFile(fileURLToPath(new URL(`../../../test/fixtures/reference/${id}.json.gz`, import.meta.url)));
const push = (x: number, y: number, z: number, fingers = 0) => Float32Array.of(x, y, z, fingers);

describe.each(engineNames)('%s', (engine) => {
  test.each(ids)('%s is at parity with Gymnasium-Robotics', async (id) => {
    const env = await FetchReachEnv.create({ engine }, id);
    const check = checkAgainstReference(reference(id), env);
    expect(check).toMatchObject({ id, engine, steps: 80, flagsEqual: true });
    for (const error of [...Object.values(check.maxError), check.resetError]) expect(error).toBeLessThan(1e-8);
    expect(compareInfoWithReference(reference(id), env)).toBe(0);
    env.close();
  });
});

test('an action moves the gripper its way, 5 cm at most, and the fingers not at all', async () => {
  const env = await FetchReachEnv.create();
  const moved = (action: Float32Array) => {
    const start = env.reset({ seed: 0 }).observation.achieved_goal;
    for (let i = 0; i < 3; i++) env.step(action);
    const { observation } = env.step(new Float32Array(4));
    expect([...observation.observation.subarray(3, 5)]).toEqual([0, 0]);
    return Array.from(observation.achieved_goal, (place, i) => place - start[i]);
  };
  for (let axis = 0; axis < 3; axis++) {
    for (const sign of [1, -1]) {
      const action = new Float32Array(4);
      action[axis] = sign * 0.5;
      const way = moved(action);
      expect(way[axis] * sign).toBeGreaterThan(0.04);
      expect(way[axis] * sign).toBeLessThan(0.1);
      for (let other = 0; other < 3; other++) if (other !== axis) expect(Math.abs(way[other])).toBeLessThan(0.02);
    }
  }
  expect(moved(push(5, 0.25, -9))).toEqual(moved(push(1, 0.25, -1, 1)));
  env.close();
});

test('the observed velocity is the way of the next moment', async () => {
  const env = await FetchReachEnv.create();
  env.reset({ seed: 1 });
  for (let i = 0; i < 3; i++) env.step(push(0.5, -1, 0.25));
  const { observation } = env.step(push(0.5, -1, 0.25)).observation;
  const { simulation, dt } = env;
  const site = 3 * env.model.idOf('site', 'robot0:grip');
  const before = simulation.site_xpos.slice(site, site + 3);
  const moment = 1e-6;
  env.setState(
    simulation.qpos.map((position, i) => position + moment * simulation.qvel[i]),
    simulation.qvel.slice(),
  );
  for (let i = 0; i < 3; i++) {
    const velocity = (simulation.site_xpos[site + i] - before[i]) / moment;
    expect(Math.abs(velocity)).toBeGreaterThan(0.01);
    expect(observation[5 + i]).toBeCloseTo(velocity * dt, 6);
  }
  env.close();
});

test('goals are drawn in a cube about the first place of the gripper, anew in every episode', async () => {
  const env = await FetchReachEnv.create();
  const { achieved_goal: centre } = env.reset({ seed: 5 }).observation;
  const low = [1, 1, 1];
  const high = [-1, -1, -1];
  for (let episode = 0; episode < 200; episode++) {
    const { desired_goal } = env.reset().observation;
    expect(env.goal).toEqual(desired_goal);
    for (let i = 0; i < 3; i++) {
      low[i] = Math.min(low[i], desired_goal[i] - centre[i]);
      high[i] = Math.max(high[i], desired_goal[i] - centre[i]);
    }
  }
  for (let i = 0; i < 3; i++) {
    expect(low[i]).toBeGreaterThanOrEqual(-0.15);
    expect(low[i]).toBeLessThan(-0.13);
    expect(high[i]).toBeLessThan(0.15);
    expect(high[i]).toBeGreaterThan(0.13);
  }
  env.close();
});

test('a goal can be given, costs no random number, and wrong ones are refused', async () => {
  const env = await make<GoalObservation>('FetchReach-v4');
  const goal = [1.3, 0.7, 0.5];
  env.reset({ seed: 2 });
  const drawn = env.reset().observation.desired_goal;
  env.reset({ seed: 2 });
  for (const given of [goal, Float64Array.from(goal)]) {
    expect([...env.reset({ options: { goal: given } }).observation.desired_goal]).toEqual(goal);
  }
  expect([...env.step(push(0, 0, 0)).observation.desired_goal]).toEqual(goal);
  const state = env.saveState?.();
  expect(() => env.reset({ seed: 0, options: { goal: [1] } })).toThrow('three finite numbers');
  expect(env.saveState?.()).toEqual(state);
  expect(env.reset().observation.desired_goal).toEqual(drawn);
  for (const wrong of [[1, 2], [1, 2, 3, 4], [1, 2, Number.NaN], ['1', 2, 3], '1,2', 3, null]) {
    expect(() => env.reset({ options: { goal: wrong } })).toThrow('the goal of FetchReach-v4 is');
  }
  expect(() => env.reset({ options: { gaol: goal } })).toThrow('has no option "gaol"; did you mean "goal"?');
  env.close();
});

test('the reward counts the distance, or whether it is more than 5 cm', async () => {
  const [sparse, dense] = [await FetchReachEnv.create(), await FetchReachEnv.create({}, 'FetchReachDense-v4')];
  const desired = Float64Array.of(0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 3);
  const achieved = Float64Array.of(0.03, 0, -0.04, 1, 1, 1, 1, 1, 1.0501, 1, 5, 7);
  expect(dense.computeReward(achieved, desired).map((value) => Math.round(value * 1e6) / 1e6)).toEqual(
    Float64Array.of(-0.05, -0, -0.0501, -5),
  );
  expect(sparse.computeReward(achieved, desired)).toEqual(Float64Array.of(0, 0, -1, -1));
  const start = sparse.reset({ seed: 0 }).observation.achieved_goal;
  const goal = [start[0], start[1] + 0.1, start[2]];
  sparse.reset({ options: { goal } });
  dense.reset({ options: { goal } });
  const outcomes = Array.from({ length: 8 }, () => {
    const { observation, reward, info, terminated } = sparse.step(push(0, 0.5, 0));
    const distance = Math.hypot(...goal.map((place, i) => place - observation.achieved_goal[i]));
    expect(dense.step(push(0, 0.5, 0)).reward).toBeCloseTo(-distance, 14);
    expect([reward, info.is_success, terminated]).toEqual(distance <= 0.05 ? [0, 1, false] : [-1, 0, false]);
    return reward;
  });
  expect(new Set(outcomes)).toEqual(new Set([-1, 0]));
  sparse.close();
  dense.close();
});

test('the table stops the fingers', async () => {
  const env = await FetchReachEnv.create();
  env.reset({ seed: 0 });
  let height = 1;
  for (let i = 0; i < 30; i++) height = env.step(push(0, 0, -0.5)).observation.achieved_goal[2];
  // The fingertips are 18.5 mm below the point between them, the table is 400 mm high.
  expect(height).toBeGreaterThan(0.4);
  expect(height).toBeLessThan(0.43);
  env.close();
});

test('the picture shows the goal, and drawing changes nothing', async () => {
  const env = await FetchReachEnv.create();
  const draw = (goal: number[]) => {
    env.reset({ seed: 0, options: { goal } });
    const before = env.saveState();
    const { data } = env.render({ width: 64, height: 64 });
    expect(env.saveState()).toEqual(before);
    return data;
  };
  const red = (data: Uint8Array) =>
    Array.from({ length: 64 * 64 }, (_, pixel) => pixel).filter((i) => data[3 * i] > 2 * data[3 * i + 1] + 20);
  const middleRow = (pixels: number[]) =>
    pixels.reduce((sum, pixel) => sum + Math.floor(pixel / 64), 0) / pixels.length;
  const [low, high] = [draw([1.4, 0.75, 0.45]), draw([1.4, 0.75, 0.75])].map(red);
  expect(low.length).toBeGreaterThan(0);
  expect(middleRow(high)).toBeLessThan(middleRow(low) - 3);
  env.close();
});

test('both engines move alike, on the table too', async () => {
  const [one, other] = [
    await FetchReachEnv.create({ engine: engineNames[0] }),
    await FetchReachEnv.create({ engine: engineNames[1] }),
  ];
  one.reset({ seed: 0 });
  other.reset({ seed: 0 });
  one.actionSpace.seed(3);
  let onTable = 0;
  for (let i = 0; i < 50; i++) {
    const action = one.actionSpace.sample();
    if (i % 10 < 7) action[2] = -0.7;
    const { simulation } = other;
    simulation.qpos.set(one.simulation.qpos);
    simulation.qvel.set(one.simulation.qvel);
    simulation.qacc_warmstart.set(one.simulation.qacc_warmstart);
    simulation.forward();
    const [a, b] = [one.step(action), other.step(action)].map(({ observation }) => observation.observation);
    expect(Math.max(...a.map((value, k) => Math.abs(value - b[k])))).toBeLessThan(1e-6);
    // Four points of the base touch the floor all the time.
    if (one.simulation.count('ncon') > 4) onTable++;
  }
  expect(onTable).toBeGreaterThan(10);
  one.close();
  other.close();
});

test('a flat observation holds achieved goal, desired goal, observation', async () => {
  const env = await FetchReachEnv.create();
  env.reset({ seed: 3 });
  const out = new Float32Array(16);
  env.stepInto(push(1, 0, 0), out, 0);
  env.reset({ seed: 3 });
  const { achieved_goal, desired_goal, observation } = env.step(push(1, 0, 0)).observation;
  expect(out).toEqual(Float32Array.of(...achieved_goal, ...desired_goal, ...observation));
  env.close();
});

test.each(engineNames)('on %s a restored state goes on bit by bit, in another environment too', async (engine) => {
  const env = await FetchReachEnv.create({ engine });
  env.reset({ seed: 4 });
  const walk = (each: FetchReachEnv) =>
    [0.1, -0.7, 1, 0.3, -1].map((x, i) => each.step(push(x, 0.2 * i - 0.5, -x)).observation);
  walk(env);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  const other = await FetchReachEnv.create({ engine });
  other.restoreState(state);
  const goOn = (each: FetchReachEnv) => [walk(each), each.reset(), walk(each)];
  const first = goOn(env);
  expect(goOn(other)).toEqual(first);
  env.restoreState(state);
  expect(goOn(env)).toEqual(first);
  env.close();
  other.close();
});

test('wrong options and models are refused', async () => {
  await expect(make('FetchReach-v4', { rewardType: 'shaped' })).rejects.toThrow('expected "sparse" or "dense"');
  await expect(make('FetchReach-v4', { hideGoal: 1 })).rejects.toThrow('expected true or false');
  await expect(make('FetchReach-v4', { resetNoiseScale: 1 })).rejects.toThrow('no option resetNoiseScale');
  const without = (text: string, other: string) =>
    FetchReachEnv.create({ xml: fetchReachModel.replaceAll(text, other) });
  await expect(without('robot0:grip"', 'grip"')).rejects.toThrow('has no site "robot0:grip"');
  await expect(without('l_gripper_finger_joint', 'left')).rejects.toThrow('no joint "robot0:l_gripper_finger_joint"');
  await expect(without(' mocap="true"', '')).rejects.toThrow('is no weld with a mocap body');
});

test('a model of your own moves as Fetch does, its weld aligned', async () => {
  const turned = fetchReachModelOfTips.replace('relpose="0 0 0 1 0 0 0"', 'relpose="0.1 0 0 1 0 0 0"');
  expect(turned).not.toBe(fetchReachModelOfTips);
  const [own, fetch] = [await FetchReachEnv.create({ xml: turned }), await FetchReachEnv.create()];
  expect(own.reset({ seed: 1 })).toEqual(fetch.reset({ seed: 1 }));
  expect(own.step(push(1, 1, 1))).toEqual(fetch.step(push(1, 1, 1)));
  own.close();
  fetch.close();
});

test('a dense reward may be had under either id', async () => {
  const env = await make<GoalObservation>('FetchReach-v4', { rewardType: 'dense' });
  env.reset({ seed: 0 });
  expect(env.step(push(0, 0, 0)).reward).toBeCloseTo(-0.155, 1);
  env.close();
});

test('a closed environment and wrong actions are refused', async () => {
  const env = await FetchReachEnv.create();
  env.reset({ seed: 0 });
  expect(() => env.step(new Float32Array(3))).toThrow('has shape (4,), got (3,)');
  expect(() => env.step(push(0, 0, 0, Number.NaN))).toThrow('must be finite');
  env.close();
  expect(() => env.step(push(0, 0, 0))).toThrow('FetchReach-v4 is closed');
});

test.each(ids)('%s keeps the contract of environments', async (id) => {
  expect(checkEnv(await make<unknown, unknown>(id))).toEqual([]);
});
