import { checkEnv, make } from '@understudy/gym';
import { expect, test } from 'vitest';
import { FetchReachEnv } from './fetch-reach-env.ts';
import { HiddenGoal } from './hidden-goal.ts';
import './register.ts';

const action = Float32Array.of(0.5, -1, 0.25, 0);

test('nothing observed depends on the goal', async () => {
  const env = await make('FetchReach-v4', { hideGoal: true });
  const episode = (goal: number[]) => {
    const first = env.reset({ seed: 0, options: { goal } });
    const steps = Array.from({ length: 20 }, () => env.step(action));
    for (const { info } of [first, ...steps]) expect([...(info.desired_goal as Float64Array)]).toEqual(goal);
    return [first, ...steps].map(({ observation }) => observation);
  };
  const observations = episode([1.3, 0.7, 0.5]);
  expect(env.observationSpace.flatSize).toBe(10);
  expect(observations[0]).toHaveLength(10);
  expect(episode([1.4, 0.8, 0.6])).toEqual(observations);
  env.close();
});

test('what is left is the observation of the environment that shows the goal, with its reward', async () => {
  const [shown, hidden] = [await FetchReachEnv.create(), new HiddenGoal(await FetchReachEnv.create())];
  const start = shown.reset({ seed: 6 });
  expect(hidden.reset({ seed: 6 })).toEqual({
    observation: start.observation.observation,
    info: { desired_goal: start.observation.desired_goal },
  });
  const { observation, info, ...signals } = shown.step(action);
  expect(hidden.step(action)).toEqual({
    ...signals,
    observation: observation.observation,
    info: { ...info, desired_goal: observation.desired_goal },
  });
  const out = new Float32Array(12).fill(7);
  const { reward, terminated, truncated, observation: next } = shown.step(action);
  expect(hidden.stepInto(action, out, 1)).toEqual({ reward, terminated, truncated });
  expect(out).toEqual(Float32Array.of(7, ...next.observation, 7));
  shown.close();
  hidden.close();
});

test('FetchReach without its goal keeps the contract of environments', async () => {
  expect(checkEnv(await make<unknown, unknown>('FetchReach-v4', { hideGoal: true }))).toEqual([]);
});
