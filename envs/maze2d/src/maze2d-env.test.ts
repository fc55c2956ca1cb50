import { make } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { afterEach, describe, expect, test } from 'vitest';
import { Maze2dEnv, type Maze2dOptions } from './maze2d-env.ts';
import './register.ts';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const env of opened.splice(0)) env.close();
});

async function open(options?: Maze2dOptions): Promise<Maze2dEnv> {
  const env = await Maze2dEnv.create(options);
  opened.push(env);
  return env;
}

const still = new Float32Array(2);

describe('reward', () => {
  test('sparse is 1 within half a metre of the target, its rim included', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    const rewardAt = (x: number, y: number) => {
      env.setState([x, y], [0, 0]);
      return env.step(still).reward;
    };
    expect(env.target).toEqual({ x: 1, y: 1 });
    expect([rewardAt(1, 1), rewardAt(1, 1.5), rewardAt(1, 1.500001), rewardAt(3, 1)]).toEqual([1, 1, 0, 0]);
  });

  test('dense is exp(-distance) after the step', async () => {
    const env = await open({ rewardType: 'dense' });
    env.reset({ seed: 0 });
    env.setState([1, 2], [0, -2]);
    const { observation, reward } = env.step(still);
    expect(observation[1]).toBeLessThan(1.99);
    expect(reward).toBeCloseTo(Math.exp(-(observation[1] - 1)), 14);
  });

  test('nothing ends an episode but the time limit', async () => {
    const env = await make<Float64Array>('maze2d-umaze-v1');
    opened.push(env);
    env.reset({ seed: 0 });
    let earned = 0;
    for (let i = 1; i <= 300; i++) {
      (env.unwrapped as Maze2dEnv).setState([1, 1], [0, 0]);
      const { reward, terminated, truncated } = env.step(still);
      earned += reward;
      expect([terminated, truncated]).toEqual([false, i === 300]);
    }
    expect(earned).toBe(300);
  });
});

describe('motion', () => {
  test('the ball moves as Newton says: 4.19 kg, 100 N, damping 1, the implicit Euler step', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    env.setState([2, 3], [0.5, 0]);
    const { observation } = env.step(Float32Array.of(-0.25, 0));
    const mass = (1000 * 4 * Math.PI * 0.1 ** 3) / 3;
    const velocity = 0.5 + (0.01 * (-25 - 0.5)) / (mass + 0.01);
    expect(observation[2]).toBeCloseTo(velocity, 12);
    expect(observation[0]).toBeCloseTo(2 + 0.01 * velocity, 12);
  });

  test('actions beyond the bounds count as the bounds, speeds beyond 5 m/s as 5', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    const stepFrom = (velocity: number[], action: number[]) => {
      env.setState([2, 3], velocity);
      return env.step(Float32Array.from(action)).observation;
    };
    expect(stepFrom([0, 0], [7, -9])).toEqual(stepFrom([0, 0], [1, -1]));
    expect(stepFrom([50, -50], [0, 0])).toEqual(stepFrom([5, -5], [0, 0]));
    expect(stepFrom([50, 0], [0, 0])[2]).toBeLessThan(5);
  });

  test('walls hold the ball; its position is 0.2 m behind the middle of the cell', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    const restingPlace = (action: number[]) => {
      env.setState([2, 3], [0, 0]);
      for (let i = 0; i < 300; i++) env.step(Float32Array.from(action));
      return env.simulation.qpos.slice();
    };
    // Cell (2, 3) has walls left and right, 0.5 m from its middle at 2.8; the ball has 0.1 m.
    expect(restingPlace([0, 1])[1]).toBeCloseTo(2.8 + 0.4, 1);
    expect(restingPlace([0, -1])[1]).toBeCloseTo(2.8 - 0.4, 1);
    // Along the rows the way is free to the end of cell (3, 3).
    expect(restingPlace([1, 0])[0]).toBeCloseTo(2.8 + 0.4, 1);
  });

  test("the originals' forward pass before a step would change nothing, in contact with walls either", async () => {
    const [env, original] = [await open(), await open()];
    for (const each of [env, original]) each.reset({ seed: 1 });
    const generator = defaultRng(2);
    const action = new Float32Array(2);
    let touching = 0;
    let differences = 0;
    for (let i = 0; i < 2000; i++) {
      if (i % 150 === 0) generator.fillNormal(action, 0, 1.5);
      original.simulation.qvel.forEach((velocity, j) => {
        original.simulation.qvel[j] = Math.max(-5, Math.min(5, velocity));
      });
      original.simulation.forward();
      const { observation } = original.step(action);
      if (env.step(action).observation.some((value, j) => value !== observation[j])) differences++;
      if (env.simulation.count('ncon') > 1) touching++;
    }
    expect(differences).toBe(0);
    expect(touching).toBeGreaterThan(1000);
  });
});

describe('start and target', () => {
  test('a start is a random free cell or the goal, within 0.1 m, with a little speed', async () => {
    const env = await open();
    const generator = defaultRng(5);
    // Free cells row by row, then the goal.
    const cells = [
      [1, 2],
      [1, 3],
      [2, 3],
      [3, 1],
      [3, 2],
      [3, 3],
      [1, 1],
    ];
    const started = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const { observation } = env.reset(i === 0 ? { seed: 5 } : {});
      const cell = cells[generator.integers(7)];
      const noise = [generator.uniform(-0.1, 0.1), generator.uniform(-0.1, 0.1)];
      const velocity = [0.1 * generator.standardNormal(), 0.1 * generator.standardNormal()];
      expect([...observation]).toEqual([cell[0] + noise[0], cell[1] + noise[1], ...velocity]);
      started.add(cell.join());
    }
    expect(started.size).toBe(7);
  });

  test('a start can be chosen, and only in a free cell', async () => {
    const env = await open();
    const { observation } = env.reset({ seed: 0, options: { location: [3, 1] } });
    expect(Math.abs(observation[0] - 3)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(observation[1] - 1)).toBeLessThanOrEqual(0.1);
    expect(() => env.reset({ options: { location: [2, 2] } })).toThrow('is (2, 2), which is no free cell');
    expect(() => env.reset({ options: { location: 'here' } })).toThrow('is "here", expected two finite numbers');
    expect(() => env.reset({ options: { place: [1, 1] } })).toThrow('has no option "place"; it takes location');
  });

  test('the target is the goal, the first free cell of a map without one, or where it is set', async () => {
    const env = await open({ mazeSpec: '####\\##O#\\#OO#\\####' });
    expect(env.target).toEqual({ x: 1, y: 2 });
    env.setTarget([2.25, 1.5]);
    env.reset({ seed: 0 });
    expect(env.target).toEqual({ x: 2.25, y: 1.5 });
    env.setState([2.25, 1.5], [0, 0]);
    expect(env.step(still).reward).toBe(1);
    expect(() => env.setTarget([1, Number.NaN])).toThrow('expected two finite numbers');
  });

  test('resetTarget draws a target after the start', async () => {
    const env = await open({ resetTarget: true });
    const targets = new Set<string>();
    for (let i = 0; i < 20; i++) {
      env.reset(i === 0 ? { seed: 3 } : {});
      const { x, y } = env.target;
      expect(env.maze.isWall(Math.round(x), Math.round(y))).toBe(false);
      expect(Math.max(Math.abs(x - Math.round(x)), Math.abs(y - Math.round(y)))).toBeLessThanOrEqual(0.1);
      targets.add(`${x},${y}`);
    }
    expect(targets.size).toBe(20);
  });
});

test('a restored state goes on bit by bit, in another environment too, with its target', async () => {
  const env = await open({ resetTarget: true, rewardType: 'dense' });
  const other = await open({ resetTarget: true, rewardType: 'dense' });
  const action = Float32Array.of(0.5, -1);
  env.reset({ seed: 4 });
  for (let i = 0; i < 120; i++) env.step(action);
  expect(env.simulation.count('ncon')).toBeGreaterThan(1);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  other.restoreState(state);
  const goOn = (each: Maze2dEnv) => [...Array.from({ length: 30 }, () => each.step(action)), each.reset(), each.target];
  expect(goOn(other)).toEqual(goOn(env));
});

test('wrong options and actions are refused', async () => {
  await expect(open({ mazeSpec: '#####\\#GOG#\\#####' })).rejects.toThrow('mazeSpec of maze2d-umaze-v1 has 2 goals');
  await expect(open({ mazeSpec: '###' })).rejects.toThrow('mazeSpec of maze2d-umaze-v1 has no free cell');
  await expect(open({ rewardType: 'dens' as 'dense' })).rejects.toThrow('is "dens", expected "sparse" or "dense"');
  await expect(open({ resetTarget: 1 as unknown as boolean })).rejects.toThrow('resetTarget of maze2d-umaze-v1 is 1');
  await expect(open({ mazeMap: '#O#' } as Maze2dOptions)).rejects.toThrow('has no option "mazeMap"');
  await expect(make('maze2d-umaze-v1', { mazeSpecs: '' })).rejects.toThrow('did you mean mazeSpec');
  const env = await make<Float64Array>('maze2d-umaze-v1');
  opened.push(env);
  env.reset({ seed: 0 });
  expect(() => env.step(Float32Array.of(Number.NaN, 0))).toThrow('expected finite numbers');
  expect(() => env.stepInto?.(Float32Array.of(0, Number.POSITIVE_INFINITY), new Float32Array(4), 0)).toThrow('finite');
});
