import { type GoalObservation, make } from '@understudy/gym';
import { engineNames } from '@understudy/mujoco';
import { afterEach, describe, expect, test } from 'vitest';
import { AntMazeEnv, type AntMazeOptions } from './ant-maze-env.ts';
import './register.ts';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const env of opened.splice(0)) env.close();
});

async function open(options?: AntMazeOptions): Promise<AntMazeEnv> {
  const env = await AntMazeEnv.create(options);
  opened.push(env);
  return env;
}

const still = new Float32Array(8);
const action = Float32Array.from([0.5, -0.25, 1, -1, 0.125, 0, -0.5, 0.75]);

/** Puts the ant this far to the right of a place, in its first pose and without speed, and takes a step there. */
function stepAt(env: AntMazeEnv, { x, y }: { x: number; y: number }, away = 0) {
  env.setState([x + away, y, ...env.initialQpos.subarray(2)], env.initialQvel);
  return env.step(still);
}

describe('reward and end', () => {
  test('success is within 0.45 m', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    const results = [0, 0.449, -0.449, 0.451].map((away) => {
      const { reward, terminated, info } = stepAt(env, env.goal, away);
      return [reward, terminated, info.success];
    });
    expect(results).toEqual([
      [1, false, 1],
      [1, false, 1],
      [1, false, 1],
      [0, false, 0],
    ]);
  });

  test('the dense reward is exp(-distance), whatever the ant itself earns', async () => {
    const env = await open({ rewardType: 'dense' });
    env.reset({ seed: 1 });
    const { observation, reward, info } = env.step(action);
    const [x, y] = observation.achieved_goal;
    expect(reward).toBeCloseTo(Math.exp(-Math.hypot(x - env.goal.x, y - env.goal.y)), 14);
    expect(env.computeReward(observation.achieved_goal, observation.desired_goal)).toEqual(Float64Array.of(reward));
    expect([info.x_position, info.y_position, info.reward_survive]).toEqual([x, y, 1]);
  });

  test('computeReward gives many rewards at once', async () => {
    const env = await open();
    const achieved = Float64Array.of(0, 0, 0, 0, 3, 4);
    const desired = Float32Array.of(0, 0.4499, 0.46, 0, 0, 0);
    expect([...env.computeReward(achieved, desired)]).toEqual([1, 0, 0]);
  });

  test('an episodic task terminates at the goal and nowhere else, not on its back either', async () => {
    const env = await open({ continuingTask: false });
    const { observation } = env.reset({ seed: 0 });
    const [x, y] = observation.achieved_goal;
    env.setState([x, y, 0.3, 0, 1, 0, 0, ...env.initialQpos.subarray(7)], env.initialQvel);
    for (let i = 0; i < 40; i++) expect(env.step(action).terminated).toBe(false);
    env.setState([x, y, 1.5, ...env.initialQpos.subarray(3)], env.initialQvel);
    expect(env.step(still)).toMatchObject({ terminated: false, info: { reward_survive: 0 } });
    expect(stepAt(env, env.goal)).toMatchObject({ reward: 1, terminated: true, info: { success: 1 } });
  });
});

describe('goals', () => {
  test('a reached goal stays unless resetTarget; then the next observation shows another one', async () => {
    const stays = await open();
    stays.reset({ seed: 0 });
    const before = stays.goal;
    stepAt(stays, before);
    expect(stays.goal).toEqual(before);

    const moves = await open({ resetTarget: true });
    moves.reset({ seed: 0 });
    const old = moves.goal;
    const reached = stepAt(moves, old);
    expect(reached).toMatchObject({ reward: 1, info: { success: 1 } });
    expect([...reached.observation.desired_goal]).toEqual([old.x, old.y]);
    const { x, y } = moves.goal;
    expect(Math.hypot(x - old.x, y - old.y)).toBeGreaterThan(0.4);
    const next = moves.step(still);
    expect([...next.observation.desired_goal]).toEqual([x, y]);
    expect([next.reward, next.info.success]).toEqual([0, 0]);
  });

  test('a single goal stays, and an episodic task draws none', async () => {
    for (const options of [
      { mazeMap: '#####\\#ROG#\\#####', resetTarget: true },
      { continuingTask: false, resetTarget: true },
    ]) {
      const env = await open(options);
      env.reset({ seed: 0 });
      const before = env.goal;
      stepAt(env, before);
      expect(env.goal).toEqual(before);
    }
  });

  test('starts and goals lie within 1 m of their marked cells, not in the same one', async () => {
    const env = await open({
      mazeMap: [
        [1, 1, 1, 1, 1],
        [1, 'c', 0, 'c', 1],
        [1, 1, 1, 1, 1],
      ],
    });
    const goals = new Set<number>();
    for (let i = 0; i < 30; i++) {
      const { observation } = env.reset(i === 0 ? { seed: 7 } : {});
      const [x, y] = observation.achieved_goal;
      const [goalX, goalY] = observation.desired_goal;
      for (const each of [x, goalX]) expect(Math.abs(Math.abs(each) - 4)).toBeLessThanOrEqual(1);
      for (const each of [y, goalY]) expect(Math.abs(each)).toBeLessThanOrEqual(1);
      expect(x * goalX).toBeLessThan(0);
      goals.add(Math.sign(goalX));
    }
    expect(goals.size).toBe(2);
  });

  test('cells can be chosen, free ones, and without noise their middles are it', async () => {
    const env = await open({ positionNoiseRange: 0 });
    const { observation, info } = env.reset({ seed: 0, options: { goalCell: [1, 1], resetCell: [3, 3] } });
    expect([...observation.desired_goal, ...observation.achieved_goal]).toEqual([-4, 4, 4, -4]);
    expect(info).toEqual({ x_position: 4, y_position: -4, distance_from_origin: Math.hypot(4, 4), success: 0 });
    expect(() => env.reset({ options: { goalCell: [2, 1] } })).toThrow('goalCell of AntMaze_UMaze-v5 is (2, 1), which');
    expect(() => env.reset({ options: { goalCell: [9, 1] } })).toThrow('is (9, 1), which is no free cell');
    expect(() => env.reset({ options: { resetCell: [1] } })).toThrow('expected two finite numbers');
    expect(() => env.reset({ options: { goal: [1, 1] } })).toThrow('no option "goal"; it takes goalCell and resetCell');
  });

  test('a maze whose only start is its only goal is refused, not searched for ever', async () => {
    const env = await open({ mazeMap: '###\\#C#\\###' });
    expect(() => env.reset({ seed: 0 })).toThrow('has no start that is 2 m from the goal');
  });
});

describe('physics', () => {
  test('walls hold the ant back, and both engines agree on how', async () => {
    const runs: number[][] = [];
    for (const engine of engineNames) {
      const env = await open({ engine, mazeMap: '###\\#R#\\#G#\\###' });
      env.reset({ seed: 0 });
      // The walls' near sides are 2 m off the middle; the ant flies towards one at 6 m/s.
      env.setState([0, 2, ...env.initialQpos.subarray(2)], [6, ...env.initialQvel.subarray(1)]);
      for (let i = 0; i < 15; i++) env.step(still);
      expect(env.simulation.qpos[0]).toBeLessThan(1.75);
      runs.push([...env.simulation.qpos, ...env.simulation.qvel]);
    }
    for (const [i, value] of runs[0].entries()) expect(value).toBeCloseTo(runs[1][i], 6);
  });

  test('contact forces are observed within their range, or not at all', async () => {
    const env = await open({ contactForceRange: [-0.5, 0.25], contactCostWeight: 3 });
    const blind = await open({
      includeCfrcExtInObservation: false,
      contactForceRange: [-0.5, 0.25],
      contactCostWeight: 3,
    });
    for (const each of [env, blind]) each.reset({ seed: 1 });
    let touched = 0;
    for (let i = 0; i < 20; i++) {
      const [seen, unseen] = [env.step(action), blind.step(action)];
      expect(unseen.observation.observation).toEqual(seen.observation.observation.slice(0, 27));
      const forces = seen.observation.observation.subarray(27);
      const squares = forces.reduce((sum, force) => sum + force * force, 0);
      expect(Math.min(...forces)).toBeGreaterThanOrEqual(-0.5);
      expect(Math.max(...forces)).toBeLessThanOrEqual(0.25);
      for (const { info } of [seen, unseen]) expect(info.reward_contact).toBeCloseTo(-3 * squares, 12);
      touched = Math.max(touched, squares);
    }
    expect(touched).toBeGreaterThan(0);
  });
});

test('stepInto does the steps of step, observation as float32', async () => {
  const env = await open({ resetTarget: true });
  const other = await open({ resetTarget: true });
  for (const each of [env, other]) each.reset({ seed: 5 });
  const flat = new Float64Array(109);
  const out = new Float32Array(112);
  for (let i = 0; i < 10; i++) {
    const { observation, reward } = env.step(action);
    env.observationSpace.flattenInto(observation, flat, 0);
    expect(other.stepInto(action, out, 2).reward).toBe(reward);
    expect(out.subarray(2, 111)).toEqual(Float32Array.from(flat));
    expect([out[0], out[1], out[111]]).toEqual([0, 0, 0]);
  }
});

test('a restored state goes on bit by bit, in another environment too, with its goal', async () => {
  const env = await open({ resetTarget: true });
  const other = await open({ resetTarget: true });
  env.reset({ seed: 4 });
  stepAt(env, env.goal);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  other.restoreState(state);
  const goOn = (each: AntMazeEnv) => [
    ...Array.from({ length: 20 }, () => each.step(action)),
    stepAt(each, each.goal),
    each.step(action),
    each.reset(),
  ];
  expect(goOn(other)).toEqual(goOn(env));
});

test('the picture shows the goal where it is, also in another environment of the same model', async () => {
  const [one, other] = [await open({ positionNoiseRange: 0 }), await open({ positionNoiseRange: 0 })];
  one.reset({ seed: 0, options: { goalCell: [1, 1], resetCell: [2, 3] } });
  other.reset({ seed: 0, options: { goalCell: [3, 1], resetCell: [2, 3] } });
  /** The middle row of the red pixels, from 0 at the top to 1. */
  const redRow = (env: AntMazeEnv) => {
    const { width, height, data } = env.render({ width: 120, height: 120 });
    const rows: number[] = [];
    for (let i = 0; i < width * height; i++) {
      if (data[3 * i] > 2 * data[3 * i + 1] && data[3 * i] > 2 * data[3 * i + 2]) rows.push(Math.floor(i / width));
    }
    return rows.reduce((sum, row) => sum + row, 0) / rows.length / height;
  };
  expect(redRow(one)).toBeLessThan(0.45);
  expect(redRow(other)).toBeGreaterThan(0.55);
  const before = JSON.stringify(one.saveState());
  one.render();
  expect(JSON.stringify(one.saveState())).toBe(before);
});

test('wrong options and actions are refused', async () => {
  await expect(open({ mazeMap: '###' })).rejects.toThrow('mazeMap of AntMaze_UMaze-v5 has no free cell');
  await expect(open({ positionNoiseRange: -1 })).rejects.toThrow('is -1, expected at least 0');
  await expect(open({ rewardType: 'shaped' as 'dense' })).rejects.toThrow('expected "sparse" or "dense"');
  await expect(make('AntMaze_UMaze-v5', { mazeSpec: '' })).rejects.toThrow('has no option mazeSpec');
  const env = await make<GoalObservation>('AntMaze_UMaze-v5');
  opened.push(env);
  env.reset({ seed: 0 });
  expect(() => env.step(new Float32Array(8).fill(Number.NaN))).toThrow('finite numbers');
  expect(() => env.step(new Float32Array(7))).toThrow('(8,)');
});
