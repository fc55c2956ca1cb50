import { make } from '@understudy/envs';
import { expect, test } from 'vitest';
import { mazeTaskOf } from './maze-plan.ts';

const ids = [
  'maze2d-umaze-v1',
  'maze2d-large-dense-v1',
  'PointMaze_Large-v3',
  'antmaze-large-play-v2',
  'AntMaze_UMaze-v5',
];

test.each(ids)('%s: what an episode begins with lies in the middle of a free cell of the map', async (id) => {
  const { plan, positionAt, sparse } = (await mazeTaskOf(id))!;
  expect(sparse).toBe(!id.includes('dense'));
  const env = await make<unknown, unknown>(id);
  const flat = new Float64Array(env.observationSpace.flatSize);
  const walls = new Set(plan.walls.map(({ row, column }) => `${row},${column}`));
  const cells = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    env.observationSpace.flattenInto(env.reset({ seed }).observation, flat, 0);
    const { row, column } = plan.placeOf(flat[positionAt[0]], flat[positionAt[1]]);
    const cell = `${Math.round(row)},${Math.round(column)}`;
    expect(Math.abs(row - Math.round(row)), cell).toBeLessThan(0.45);
    expect(Math.abs(column - Math.round(column)), cell).toBeLessThan(0.45);
    expect(walls.has(cell), cell).toBe(false);
    expect(row > 0 && row < plan.rows - 1 && column > 0 && column < plan.columns - 1).toBe(true);
    cells.add(cell);
  }
  // Antmaze always begins in the same cell; elsewhere it is drawn.
  expect(cells.size).toBeGreaterThan(id.startsWith('antmaze') ? 0 : 3);
  env.close();
});

test('a ball at rest against a wall of maze2d touches it on the map', async () => {
  const { plan } = (await mazeTaskOf('maze2d-umaze-v1'))!;
  // The ball of 0.1 comes to 0.6 from the middle of the wall's row 0.
  expect(plan.placeOf(0.4, 1).row).toBeCloseTo(0.6, 12);
  expect(plan.target).toEqual({ x: 1, y: 1, radius: 0.5 });
});

test('other environments are no mazes', async () => {
  expect(await mazeTaskOf('Hopper-v5')).toBeUndefined();
});
