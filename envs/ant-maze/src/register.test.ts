import { checkEnv, make, registeredIds, spec } from '@understudy/gym';
import { expect, test } from 'vitest';
import './register.ts';

const antMazeSteps: Readonly<Record<string, number>> = {
  AntMaze_Open: 700,
  AntMaze_Open_Diverse_G: 700,
  AntMaze_Open_Diverse_GR: 700,
  AntMaze_UMaze: 700,
  AntMaze_Medium: 1000,
  AntMaze_Medium_Diverse_G: 1000,
  AntMaze_Medium_Diverse_GR: 1000,
  AntMaze_Large: 1000,
  AntMaze_Large_Diverse_G: 1000,
  AntMaze_Large_Diverse_GR: 1000,
};
const d4rlSteps: Readonly<Record<string, number>> = {
  'antmaze-umaze': 700,
  'antmaze-umaze-diverse': 700,
  'antmaze-medium-play': 1000,
  'antmaze-medium-diverse': 1000,
  'antmaze-large-play': 1000,
  'antmaze-large-diverse': 1000,
};

const steps = new Map([
  ...Object.entries(antMazeSteps).flatMap(([name, count]): [string, number][] => [
    [`${name}-v5`, count],
    [`${name}Dense-v5`, count],
  ]),
  ...Object.entries(d4rlSteps).flatMap(([name, count]): [string, number][] => [
    [`${name}-v0`, count],
    [`${name}-v1`, count],
    [`${name}-v2`, count],
    [`${name.replace('antmaze', 'antmaze-eval')}-v0`, count],
  ]),
]);

test('the ids and their lengths are those of Gymnasium-Robotics and D4RL', () => {
  const ours = registeredIds().filter((id) => /^antmaze/i.test(id));
  expect(ours).toEqual([...steps.keys()].sort());
  for (const id of ours) expect(spec(id).maxEpisodeSteps).toBe(steps.get(id));
});

// Short episodes keep the check of many ids quick; it looks at their ends all the same.
test.each([...steps.keys()])('%s keeps the contract of environments', async (id) => {
  const env = await make<unknown>(id, { maxEpisodeSteps: 10 });
  expect(env.observationSpace.flatSize).toBe(id.startsWith('AntMaze') ? 109 : 29);
  expect(String(env.actionSpace)).toBe('Box(-1.0, 1.0, (8,), float32)');
  expect(checkEnv(env)).toEqual([]);
});

test('D4RL gives its names with versions only', async () => {
  await expect(make('antmaze-umaze')).rejects.toThrow(
    'There is no environment antmaze-umaze; did you mean antmaze-umaze-v',
  );
});
