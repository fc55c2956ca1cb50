import { fileURLToPath } from 'node:url';
import { gymnasiumMazes, parseMaze } from '@understudy/env-maze2d';
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
import { antMazeLayout } from './ant-maze-layout.ts';
import { antMazeModel } from './ant-maze-model.ts';
import './register.ts';

const id = 'AntMaze_UMaze-v5';
const readFixture = (name: string) =>
  readJsonFile(fileURLToPath(new URL(`../../../test/fixtures/reference/${name}.json.gz`, import.meta.url)));

describe.each(engineNames)('%s', (engine) => {
  test('is at parity with Gymnasium-Robotics', async () => {
    const env = await make<unknown>(id, { engine });
    const check = checkAgainstReference(readFixture(id), env);
    expect(check).toMatchObject({ id, engine, steps: 80, flagsEqual: true, resetError: 0 });
    for (const error of Object.values(check.maxError)) expect(error).toBeLessThan(1e-8);
    expect(compareInfoWithReference(readFixture(id), env)).toBeLessThan(1e-8);
    env.close();
  });

  test('the compiled model equals the card', async () => {
    // The card is of MuJoCo 3.14.0; 3.3.8 diagonalises inertias with other roundings.
    const tolerance = engine === '@mujoco/mujoco' ? 0 : 1e-14;
    const maze = parseMaze(gymnasiumMazes.umaze);
    const model = (await loadEngine(engine)).compile(antMazeModel(maze, antMazeLayout(maze)));
    const differences = compareModelToCard(model, readFixture(`model-${id}`), tolerance);
    model.delete();
    // The card was written with the goal where it had been drawn.
    expect(differences.map(({ path }) => path)).toEqual(['sites[0].pos[0]', 'sites[0].pos[1]']);
  });
});
