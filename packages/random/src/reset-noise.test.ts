import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { defaultRng, type Generator } from './index.ts';

interface Rollout {
  episodes: { seed: number; reset: { qpos: number[]; qvel: number[]; obs: { desired_goal: number[] } } }[];
}

type ResetModel = (g: Generator, qpos0: number[], nv: number) => { qpos: number[]; qvel: number[] };

const folder = new URL('../../../test/fixtures/reference/', import.meta.url);

function readFixture<T>(name: string): T {
  return JSON.parse(gunzipSync(readFileSync(new URL(name, folder))).toString());
}

function drawUniform(g: Generator, reach: number, count: number): number[] {
  return Array.from({ length: count }, () => g.uniform(-reach, reach));
}

function uniformNoise(reach: number): ResetModel {
  return (g, qpos0, nv) => {
    const noise = drawUniform(g, reach, qpos0.length);
    return { qpos: qpos0.map((q, i) => q + noise[i]), qvel: drawUniform(g, reach, nv) };
  };
}

function normalVelocityNoise(scale: number): ResetModel {
  return (g, qpos0, nv) => {
    const noise = drawUniform(g, scale, qpos0.length);
    const qvel = Array.from({ length: nv }, () => scale * g.standardNormal());
    return { qpos: qpos0.map((q, i) => q + noise[i]), qvel };
  };
}

/** Reacher: noise, then a goal drawn until it lies within reach, in place of the last two positions. */
const reacher: ResetModel = (g, qpos0, nv) => {
  const noise = drawUniform(g, 0.1, qpos0.length);
  let goal = drawUniform(g, 0.2, 2);
  while (!(Math.hypot(...goal) < 0.2)) goal = drawUniform(g, 0.2, 2);
  const qpos = [...qpos0.map((q, i) => noise[i] + q).slice(0, -2), ...goal];
  return { qpos, qvel: [...drawUniform(g, 0.005, nv).slice(0, -2), 0, 0] };
};

/** How Gymnasium's `reset_model` places each robot, and the card of the model it starts from. */
const resets: Record<string, [card: string, reset: ResetModel]> = {
  'Ant-v4': ['Ant-v5', normalVelocityNoise(0.1)],
  'Ant-v5': ['Ant-v5', normalVelocityNoise(0.1)],
  'HalfCheetah-v5': ['HalfCheetah-v5', normalVelocityNoise(0.1)],
  'Hopper-v5': ['Hopper-v5', uniformNoise(5e-3)],
  'Humanoid-v4': ['Humanoid-v5', uniformNoise(1e-2)],
  'Humanoid-v5': ['Humanoid-v5', uniformNoise(1e-2)],
  'InvertedPendulum-v5': ['InvertedPendulum-v5', uniformNoise(0.01)],
  'Reacher-v5': ['Reacher-v5', reacher],
  'Swimmer-v5': ['Swimmer-v5', uniformNoise(0.1)],
  'Walker2d-v4': ['Walker2d-v4', uniformNoise(5e-3)],
  'Walker2d-v5': ['Walker2d-v5', uniformNoise(5e-3)],
};

/** Rollouts whose reset needs more than a generator and the initial position. */
const others: Record<string, string> = {
  'FetchReach-v4': 'the simulator settles before the episode',
  'FetchReachDense-v4': 'the simulator settles before the episode',
  'maze2d-large-v1': 'its episodes carry no seed',
  'maze2d-medium-v1': 'its episodes carry no seed',
  'maze2d-umaze-v1': 'its episodes carry no seed',
};

/** Mazes, and the length of a cell's side. */
const mazes: Record<string, number> = {
  'PointMaze_UMaze-v3': 1,
  'PointMaze_Medium-v3': 1,
  'PointMaze_Large-v3': 1,
  'AntMaze_UMaze-v5': 4,
};

interface MazeCard {
  geoms: { name: string | null; pos: [x: number, y: number, z: number] }[];
}

/** Centres of the cells without a wall, row by row from the top. */
function freeCells({ geoms }: MazeCard, side: number): [x: number, y: number][] {
  const walls = geoms.filter(({ name }) => name?.startsWith('block')).map(({ pos }) => pos);
  const [left, right] = [Math.min(...walls.map(([x]) => x)), Math.max(...walls.map(([x]) => x))];
  const [bottom, top] = [Math.min(...walls.map(([, y]) => y)), Math.max(...walls.map(([, y]) => y))];
  const cells: [number, number][] = [];
  for (let y = top; y >= bottom; y -= side) {
    for (let x = left; x <= right; x += side) {
      if (!walls.some((wall) => wall[0] === x && wall[1] === y)) cells.push([x, y]);
    }
  }
  return cells;
}

/** A goal, then a start at least half a cell away from it, each shifted within a quarter of a cell. */
function drawStart(g: Generator, cells: [x: number, y: number][], side: number) {
  const shift = ([x, y]: [number, number]) => [x + g.uniform(-0.25, 0.25) * side, y + g.uniform(-0.25, 0.25) * side];
  const goal = shift(cells[g.integers(0, cells.length)]);
  let cell = goal as [number, number];
  while (Math.hypot(cell[0] - goal[0], cell[1] - goal[1]) <= 0.5 * side) cell = cells[g.integers(0, cells.length)];
  return { goal, start: shift(cell) };
}

test('every reference rollout is either checked here or known to need more', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json.gz') && !name.startsWith('model-'));
  const known = [...Object.keys(resets), ...Object.keys(mazes), ...Object.keys(others)];
  expect(files.map((name) => name.replace('.json.gz', '')).sort()).toEqual(known.sort());
});

test.each(Object.entries(resets))('reset of %s with a seed equals the reference exactly', (id, [card, reset]) => {
  const { qpos0, size } = readFixture<{ qpos0: number[]; size: { nv: number } }>(`model-${card}.json.gz`);
  for (const { seed, reset: expected } of readFixture<Rollout>(`${id}.json.gz`).episodes) {
    const { qpos, qvel } = reset(defaultRng(seed), qpos0, size.nv);
    expect(qpos).toEqual(expected.qpos);
    expect(qvel).toEqual(expected.qvel);
  }
});

test.each(Object.entries(mazes))('start and goal of %s with a seed equal the reference exactly', (id, side) => {
  const { qpos0, ...card } = readFixture<{ qpos0: number[] } & MazeCard>(`model-${id}.json.gz`);
  for (const { seed, reset: expected } of readFixture<Rollout>(`${id}.json.gz`).episodes) {
    const { goal, start } = drawStart(defaultRng(seed), freeCells(card, side), side);
    expect(goal).toEqual(expected.obs.desired_goal);
    expect([...start, ...qpos0.slice(2)]).toEqual(expected.qpos);
    expect(expected.qvel.every((velocity) => velocity === 0)).toBe(true);
  }
});
