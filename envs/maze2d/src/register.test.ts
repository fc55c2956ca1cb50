import { checkEnv, make, registeredIds, spec } from '@understudy/gym';
import { expect, test } from 'vitest';
import { maze2dScoreReferences } from './reference-scores.ts';
import './register.ts';

const steps: Readonly<Record<string, number>> = {
  'maze2d-open-v0': 150,
  'maze2d-umaze-v1': 300,
  'maze2d-medium-v1': 600,
  'maze2d-large-v1': 800,
  'maze2d-eval-umaze-v1': 300,
  'maze2d-eval-medium-v1': 600,
  'maze2d-eval-large-v1': 800,
  'PointMaze_Open-v3': 300,
  'PointMaze_Open_Diverse_G-v3': 300,
  'PointMaze_Open_Diverse_GR-v3': 300,
  'PointMaze_UMaze-v3': 300,
  'PointMaze_Medium-v3': 600,
  'PointMaze_Medium_Diverse_G-v3': 600,
  'PointMaze_Medium_Diverse_GR-v3': 600,
  'PointMaze_Large-v3': 800,
  'PointMaze_Large_Diverse_G-v3': 800,
  'PointMaze_Large_Diverse_GR-v3': 800,
};

/** The dense form of an id: D4RL and Gymnasium-Robotics name it each in its way. */
const dense = (id: string) => id.replace(/-(v[01])$/, '-dense-$1').replace(/-v3$/, 'Dense-v3');

test('the ids and their lengths are those of D4RL and Gymnasium-Robotics', () => {
  const ids = Object.keys(steps);
  expect(registeredIds().sort()).toEqual([...ids, ...ids.map(dense)].sort());
  for (const id of ids) {
    for (const each of [id, dense(id)]) expect(spec(each).maxEpisodeSteps).toBe(steps[id]);
  }
  expect(Object.keys(maze2dScoreReferences).sort()).toEqual(registeredIds().filter((id) => id.startsWith('maze2d')));
});

test.each(Object.keys(steps).flatMap((id) => [id, dense(id)]))('%s keeps the contract of environments', async (id) => {
  expect(checkEnv(await make(id))).toEqual([]);
});

test('an option overrides what the id says; undefined does not', async () => {
  const env = await make<Float64Array>('maze2d-large-v1', { mazeSpec: undefined, rewardType: 'dense' });
  env.reset({ seed: 0, options: { location: [7, 9] } });
  expect(env.step(new Float32Array(2)).reward).toBeGreaterThan(0.5);
  expect(env.step(new Float32Array(2)).reward).toBeLessThan(1);
  env.close();
});
