import { type GoalObservation, make } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { describe, expect, test } from 'vitest';
import { d4rlLayout, gymnasiumLayout } from './maze-layout.ts';
import { type Cell, type MazeMap, parseMaze } from './maze-map.ts';
import type { Maze2dEnv } from './maze2d-env.ts';
import type { PointMazeEnv } from './point-maze-env.ts';
import { maze2dScoreReferences } from './reference-scores.ts';
import { shortestPath } from './shortest-path.ts';
import { d4rlMazes } from './standard-mazes.ts';
import { WaypointController, type WaypointControllerOptions } from './waypoint-controller.ts';
import './register.ts';

/** D4RL's planner: the greedy way of tabular Q-iteration, actions stay, column -1, column +1, row -1, row +1. */
function pathByQIteration(maze: MazeMap, from: Cell, to: Cell): Cell[] {
  const actions = [
    [0, 0],
    [0, -1],
    [0, 1],
    [-1, 0],
    [1, 0],
  ];
  const index = (row: number, column: number) => row * maze.columns + column;
  const after = (row: number, column: number, [down, right]: number[]) =>
    maze.isWall(row + down, column + right) ? [row, column] : [row + down, column + right];
  let values = new Float64Array(maze.rows * maze.columns);
  const q = ({ row, column }: Cell) =>
    actions.map((action) => {
      const [nextRow, nextColumn] = after(row, column, action);
      return Number(row === to.row && column === to.column) + 0.99 * values[index(nextRow, nextColumn)];
    });
  // The last of the 50 sweeps is the one of the actions below.
  for (let sweep = 1; sweep < 50; sweep++) {
    const next = values.slice();
    for (const cell of maze.free) next[index(cell.row, cell.column)] = Math.max(...q(cell));
    values = next;
  }
  const path: Cell[] = [];
  let at = from;
  do {
    const values = q(at);
    const [row, column] = after(at.row, at.column, actions[values.indexOf(Math.max(...values))]);
    at = { row, column };
    path.push(at);
  } while (path.length < 100 && (at.row !== to.row || at.column !== to.column));
  return path;
}

test.each(Object.entries(d4rlMazes))(
  "the way through %s is the one of D4RL's Q-iteration, from every cell",
  (_, map) => {
    const maze = parseMaze(map);
    const { free } = maze;
    for (const to of [maze.only('g')[0], free[0], free[free.length - 1]]) {
      for (const from of free) expect(shortestPath(maze, from, to)).toEqual(pathByQIteration(maze, from, to));
    }
  },
);

test('there is no way through a wall, into one or out of one', () => {
  const maze = parseMaze('#####\\#O#G#\\#####');
  const [left, right, wall] = [1, 3, 2].map((column) => ({ row: 1, column }));
  expect(shortestPath(maze, left, right)).toBeUndefined();
  expect(shortestPath(maze, left, wall)).toBeUndefined();
  expect(shortestPath(maze, wall, right)).toBeUndefined();
  expect(shortestPath(maze, left, left)).toEqual([left]);
});

describe('control', () => {
  const corridor = '######\\#OOOG#\\######';

  test('pushes by 10 times the way to the waypoint minus the velocity, within the bounds', () => {
    const controller = new WaypointController(corridor, { jitter: 0 });
    const target = [1, 4];
    expect([...controller.control([1.05, 1.95, 0.25, 0.5], target)]).toEqual([-0.75, 1]);
    expect(controller.waypoints).toEqual([
      { x: 1, y: 3 },
      { x: 1, y: 4 },
    ]);
  });

  test('goes on to the next waypoint within 0.1 m of one, unless it just moved as much, and is solved at the target', () => {
    const controller = new WaypointController(corridor, { jitter: 0 });
    const push = (y: number) => controller.control([1, y, 0, 0], [1, 4])[1];
    push(1);
    // To 2, then 3, then 4: a force back says that the waypoint is the one just passed.
    for (const waypoint of [2, 3]) {
      const forces = [push(waypoint + 0.04), push(waypoint + 0.02), push(waypoint + 0.02)];
      expect(forces).toEqual([-0.4, -0.2, 1].map((force) => expect.closeTo(force, 6)));
    }
    push(3.97);
    expect(controller.solved).toBe(false);
    push(3.98);
    expect(controller.solved).toBe(true);
  });

  test('plans anew for another target, and for the same one only after reset', () => {
    const controller = new WaypointController(corridor);
    const plan = (y: number, target: number[]) => {
      controller.control([1, y, 0, 0], target);
      return controller.waypoints.length;
    };
    expect([plan(1, [1, 4]), plan(3, [1, 4.2])]).toEqual([3, 3]);
    expect(plan(3, [1, 1])).toBe(2);
    controller.reset();
    expect(plan(2, [1, 1])).toBe(1);
  });

  test('waypoints but the last lie up to 0.2 m before their cells, the same for the same seed', () => {
    const waypoints = (seed: number) => {
      const controller = new WaypointController(d4rlMazes.large, { seed });
      controller.control([1, 1, 0, 0], [7, 9]);
      return controller.waypoints;
    };
    const plan = waypoints(1);
    const path = shortestPath(parseMaze(d4rlMazes.large), { row: 1, column: 1 }, { row: 7, column: 9 }) as Cell[];
    expect(plan).toHaveLength(path.length);
    plan.slice(0, -1).forEach(({ x, y }, i) => {
      for (const shift of [path[i].row - x, path[i].column - y]) {
        expect(shift).toBeGreaterThanOrEqual(0);
        expect(shift).toBeLessThanOrEqual(0.2);
      }
    });
    expect(plan.at(-1)).toEqual({ x: 7, y: 9 });
    expect(waypoints(1)).toEqual(plan);
    expect(waypoints(2)).not.toEqual(plan);
  });

  test('noise is added before the bounds', () => {
    const controller = new WaypointController(corridor, { jitter: 0, noise: 0.5, seed: 3 });
    const generator = defaultRng(3);
    for (let i = 0; i < 20; i++) {
      const action = controller.control([1, 4, 0, 0], [1, 4]);
      for (const value of action) {
        expect(value).toBe(Math.fround(Math.max(-1, Math.min(1, 0.5 * generator.standardNormal()))));
      }
    }
  });

  test('wrong parameters, mazes and targets are refused', () => {
    const wrong = (options: WaypointControllerOptions) => () => new WaypointController(corridor, options);
    expect(wrong({ gain: 1 } as WaypointControllerOptions)).toThrow('the waypoint controller has no option "gain"');
    expect(wrong({ noise: -1 })).toThrow(
      'noise of the waypoint controller is -1, expected a finite number of at least 0',
    );
    expect(wrong({ dGain: Number.NaN })).toThrow('dGain of the waypoint controller is NaN');
    expect(() => new WaypointController('###')).toThrow('the maze of the waypoint controller has no free cell');
    const controller = new WaypointController('#####\\#O#G#\\#####');
    expect(() => controller.control([1, 1, 0, 0], [1, 3])).toThrow('no way from cell (1, 1) to cell (1, 3)');
  });
});

describe('with the waypoint controller', () => {
  test.each([
    'maze2d-open-v0',
    'maze2d-umaze-v1',
    'maze2d-medium-v1',
    'maze2d-large-v1',
    'maze2d-eval-umaze-v1',
    'maze2d-eval-medium-v1',
    'maze2d-eval-large-v1',
  ])('every start of %s leads to the target before the episode ends', async (id) => {
    const env = await make<Float64Array>(id);
    const { maze, target } = env.unwrapped as Maze2dEnv;
    const controller = new WaypointController(maze);
    for (const { row, column } of maze.free) {
      let { observation } = env.reset({ seed: 0, options: { location: [row, column] } });
      controller.reset();
      let last = { reward: 0, truncated: false };
      while (!controller.solved && !last.truncated) {
        const result = env.step(controller.control(observation, [target.x, target.y]));
        observation = result.observation;
        last = result;
      }
      expect(last).toMatchObject({ reward: 1, truncated: false });
    }
    env.close();
  });

  test.each(['Open', 'UMaze', 'Medium', 'Large', 'Large_Diverse_GR'])('PointMaze_%s-v3 is solved', async (name) => {
    const env = await make<GoalObservation>(`PointMaze_${name}-v3`, { continuingTask: false });
    const { maze } = env.unwrapped as PointMazeEnv;
    const controller = new WaypointController(maze, { layout: gymnasiumLayout(maze), exactTarget: true });
    for (let seed = 0; seed < 10; seed++) {
      let result: { observation: GoalObservation; terminated?: boolean; truncated?: boolean } = env.reset({ seed });
      controller.reset();
      while (!result.terminated && !result.truncated) {
        const { observation, desired_goal } = result.observation;
        result = env.step(controller.control(observation, desired_goal));
      }
      expect(result.terminated).toBe(true);
    }
    env.close();
  });
});

test("without a new plan in every episode its score is D4RL's maximum, within the spread of 100 episodes", async () => {
  const env = await make<Float64Array>('maze2d-umaze-v1');
  const { maze } = env.unwrapped as Maze2dEnv;
  const controller = new WaypointController(maze);
  const out = new Float32Array(4);
  const returns = Array.from({ length: 100 }, (_, episode) => {
    out.set(env.reset(episode === 0 ? { seed: 0 } : {}).observation);
    let sum = 0;
    for (let truncated = false; !truncated; ) {
      const signals = env.stepInto!(controller.control(out, [1, 1]), out, 0);
      sum += signals.reward;
      truncated = signals.truncated;
    }
    return sum;
  });
  const mean = returns.reduce((sum, value) => sum + value) / 100;
  const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 99);
  // Both means are of 100 episodes.
  const spread = deviation * Math.sqrt(2 / 100);
  expect(Math.abs(mean - maze2dScoreReferences['maze2d-umaze-v1'].max)).toBeLessThan(3 * spread);
  expect(returns.filter((value) => value === 0).length).toBeGreaterThan(25);
  env.close();
});

test.each(['maze2d-large-v1', 'PointMaze_Large-v3'])('wherever the ball is in %s, it is in a free cell', async (id) => {
  const env = await make<unknown>(id);
  const { maze, simulation } = env.unwrapped as Maze2dEnv | PointMazeEnv;
  const layout = id.startsWith('maze2d') ? d4rlLayout : gymnasiumLayout(maze);
  for (const cell of maze.free) expect(layout.cellAt(layout.positionOf(cell))).toEqual(cell);
  const generator = defaultRng(0);
  const action = new Float32Array(2);
  const out = new Float32Array(8);
  env.reset({ seed: 0 });
  const visited = new Set<string>();
  for (let i = 0, truncated = false; i < 8000; i++) {
    if (truncated) env.reset();
    if (i % 50 === 0) generator.fillNormal(action);
    truncated = env.stepInto!(action, out, 0).truncated;
    const { row, column } = layout.cellAt({ x: simulation.qpos[0], y: simulation.qpos[1] });
    if (maze.isWall(row, column)) expect.fail(`the ball at ${simulation.qpos} is in the wall (${row}, ${column})`);
    visited.add(`${row},${column}`);
  }
  expect(visited.size).toBeGreaterThan(20);
  env.close();
});
