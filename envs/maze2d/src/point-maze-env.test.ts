import { type GoalObservation, make } from '@understudy/gym';
import { afterEach, describe, expect, test } from 'vitest';
import { PointMazeEnv, type PointMazeOptions } from './point-maze-env.ts';
import './register.ts';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const env of opened.splice(0)) env.close();
});

async function open(options?: PointMazeOptions): Promise<PointMazeEnv> {
  const env = await PointMazeEnv.create(options);
  opened.push(env);
  return env;
}

const still = new Float32Array(2);

/** Puts the ball at the goal and takes a step there. */
function reachGoal(env: PointMazeEnv) {
  env.setState([env.goal.x, env.goal.y], [0, 0]);
  return env.step(still);
}

describe('reward and end', () => {
  test('success is within 0.45 m, its rim included', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    const at = (away: number) => {
      env.setState([env.goal.x + away, env.goal.y], [0, 0]);
      const { reward, terminated, info } = env.step(still);
      return [reward, terminated, info.success];
    };
    expect([at(0), at(0.449), at(-0.451)]).toEqual([
      [1, false, 1],
      [1, false, 1],
      [0, false, 0],
    ]);
  });

  test('an episodic task terminates at the goal', async () => {
    const env = await open({ continuingTask: false });
    env.reset({ seed: 0 });
    expect(env.step(still).terminated).toBe(false);
    expect(reachGoal(env)).toMatchObject({ reward: 1, terminated: true, info: { success: 1 } });
  });

  test('computeReward gives many rewards at once, those of the steps among them', async () => {
    const achieved = Float64Array.of(0, 0, 0, 0, 3, 4);
    const desired = Float64Array.of(0, 0.45, 0.46, 0, 0, 0);
    expect([...(await open()).computeReward(achieved, desired)]).toEqual([1, 0, 0]);
    const dense = await open({ rewardType: 'dense' });
    expect([...dense.computeReward(achieved, desired)]).toEqual([Math.exp(-0.45), Math.exp(-0.46), Math.exp(-5)]);
    dense.reset({ seed: 1 });
    const { observation, reward } = dense.step(Float32Array.of(1, 0.5));
    expect(dense.computeReward(observation.achieved_goal, observation.desired_goal)).toEqual(Float64Array.of(reward));
  });
});

describe('goals', () => {
  test('a reached goal stays unless resetTarget; then the next observation shows another one', async () => {
    const stays = await open();
    stays.reset({ seed: 0 });
    const before = stays.goal;
    reachGoal(stays);
    expect(stays.goal).toEqual(before);

    const moves = await open({ resetTarget: true });
    moves.reset({ seed: 0 });
    const old = moves.goal;
    const reached = reachGoal(moves);
    expect(reached).toMatchObject({ reward: 1, info: { success: 1 } });
    expect([...reached.observation.desired_goal]).toEqual([old.x, old.y]);
    const { x, y } = moves.goal;
    expect(Math.hypot(x - old.x, y - old.y)).toBeGreaterThan(0.45);
    const next = moves.step(still);
    expect([...next.observation.desired_goal]).toEqual([x, y]);
    expect([next.reward, next.info.success]).toEqual([0, 0]);
  });

  test('a single goal stays, an episodic task draws none', async () => {
    for (const options of [
      { mazeMap: '#####\\#ROG#\\#####', resetTarget: true },
      { continuingTask: false, resetTarget: true },
    ]) {
      const env = await open(options);
      env.reset({ seed: 0 });
      const before = env.goal;
      reachGoal(env);
      expect(env.goal).toEqual(before);
    }
  });

  test('starts and goals lie in their marked cells, not nearer than half a metre', async () => {
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
      const [x] = observation.observation;
      const [goalX, goalY] = observation.desired_goal;
      for (const each of [x, goalX]) expect(Math.abs(Math.abs(each) - 1)).toBeLessThanOrEqual(0.25);
      expect(Math.abs(goalY)).toBeLessThanOrEqual(0.25);
      expect(x * goalX).toBeLessThan(0);
      goals.add(Math.sign(goalX));
    }
    expect(goals.size).toBe(2);
  });

  test('cells can be chosen, free ones, and without noise their middles are it', async () => {
    const env = await open({ positionNoiseRange: 0 });
    const { observation } = env.reset({ seed: 0, options: { goalCell: [1, 1], resetCell: [3, 3] } });
    expect([...observation.desired_goal, ...observation.observation]).toEqual([-1, 1, 1, -1, 0, 0]);
    expect(() => env.reset({ options: { goalCell: [0, 0] } })).toThrow(
      'goalCell of PointMaze_UMaze-v3 is (0, 0), which',
    );
    expect(() => env.reset({ options: { resetCell: [1] } })).toThrow('expected two finite numbers');
    expect(() => env.reset({ options: { cell: [1, 1] } })).toThrow(
      'has no option "cell"; it takes goalCell and resetCell',
    );
  });

  test('a maze whose only start is its only goal is refused, not searched for ever', async () => {
    const env = await open({ mazeMap: '###\\#C#\\###' });
    expect(() => env.reset({ seed: 0 })).toThrow('has no start that is 0.5 m from the goal');
  });
});

test('a restored state goes on bit by bit, in another environment too, with its goal', async () => {
  const env = await open({ resetTarget: true });
  const other = await open({ resetTarget: true });
  const action = Float32Array.of(0.5, -1);
  env.reset({ seed: 4 });
  reachGoal(env);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  other.restoreState(state);
  const goOn = (each: PointMazeEnv) => [
    ...Array.from({ length: 30 }, () => each.step(action)),
    reachGoal(each),
    each.step(action),
    each.reset(),
  ];
  expect(goOn(other)).toEqual(goOn(env));
});

test('wrong options are refused', async () => {
  await expect(open({ mazeMap: '###' })).rejects.toThrow('mazeMap of PointMaze_UMaze-v3 has no free cell');
  await expect(open({ positionNoiseRange: -1 })).rejects.toThrow('is -1, expected at least 0');
  await expect(make('PointMaze_UMaze-v3', { mazeSpec: '' })).rejects.toThrow('has no option mazeSpec');
  const env = await make<GoalObservation>('PointMaze_UMaze-v3');
  opened.push(env);
  env.reset({ seed: 0 });
  expect(() => env.step(Float32Array.of(0, Number.NaN))).toThrow('expected finite numbers');
});
