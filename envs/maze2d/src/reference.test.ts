import { fileURLToPath } from 'node:url';
import { make } from '@understudy/gym';
import {
  checkAgainstReference,
  compareInfoWithReference,
  compareModelToCard,
  engineNames,
  loadEngine,
  readJsonFile,
} from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import { maze2dModel, pointMazeModel } from './ball-model.ts';
import { parseMaze } from './maze-map.ts';
import { d4rlMazes, gymnasiumMazes } from './standard-mazes.ts';
import './register.ts';

const readFixture = (name: string) =>
  readJsonFile(fileURLToPath(new URL(`../../../test/fixtures/reference/${name}.json.gz`, import.meta.url)));

const tasks: readonly [id: string, xml: string][] = [
  ['maze2d-umaze-v1', maze2dModel(parseMaze(d4rlMazes.umaze))],
  ['maze2d-medium-v1', maze2dModel(parseMaze(d4rlMazes.medium))],
  ['maze2d-large-v1', maze2dModel(parseMaze(d4rlMazes.large))],
  ['PointMaze_UMaze-v3', pointMazeModel(parseMaze(gymnasiumMazes.umaze))],
  ['PointMaze_Medium-v3', pointMazeModel(parseMaze(gymnasiumMazes.medium))],
  ['PointMaze_Large-v3', pointMazeModel(parseMaze(gymnasiumMazes.large))],
];

describe.each(engineNames)('%s', (engine) => {
  test.each(tasks)('is at parity with the reference in %s', async (id) => {
    const env = await make<unknown>(id, { engine });
    const check = checkAgainstReference(readFixture(id), env);
    expect(check).toMatchObject({ id, engine, steps: 80, flagsEqual: true, resetError: 0 });
    for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-8);
    if (engine === 'mujoco-js') expect(compareInfoWithReference(readFixture(id), env)).toBe(0);
    env.close();
  });

  test.each(tasks)('compiles the model of %s to its card', async (id, xml) => {
    // The card is of MuJoCo 3.14.0; 3.3.8 diagonalises inertias with other roundings.
    const tolerance = engine === '@mujoco/mujoco' ? 0 : 1e-14;
    const model = (await loadEngine(engine)).compile(xml);
    const differences = compareModelToCard(model, readFixture(`model-${id}`), tolerance);
    model.delete();
    // PointMaze's card was written with the goal where it had been drawn.
    const moved = id.startsWith('PointMaze') ? ['sites[0].pos[0]', 'sites[0].pos[1]'] : [];
    expect(differences.map(({ path }) => path)).toEqual(moved);
  });
});
