import { expect, test } from 'vitest';
import { createRandomPolicy } from './random-policy.ts';
import { recordEpisodes } from './record.ts';
import { RampEnv } from './testing/ramp-env.ts';
import { ReachEnv } from './testing/reach-env.ts';

const policy = createRandomPolicy({
  environment: 'Ramp-v0',
  observationSpace: new RampEnv().observationSpace,
  actionSpace: new RampEnv().actionSpace,
});
const floor = (values: ArrayLike<number>) => Array.from(values, Math.floor);

test('columns line up: observation, action, reward, next observation, flags, state', async () => {
  const recording = await recordEpisodes(policy, new RampEnv({ length: 3 }), { episodes: 2, seed: 4 });
  expect(recording.transitions).toBe(6);
  expect(floor(recording.observations)).toEqual([0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1]);
  expect(floor(recording.nextObservations)).toEqual([1, 0, 2, 0, 3, 0, 1, 1, 2, 1, 3, 1]);
  expect([...recording.timeouts]).toEqual([0, 0, 1, 0, 0, 1]);
  expect([...recording.terminals]).toEqual([0, 0, 0, 0, 0, 0]);
  recording.actions.forEach((action, i) => {
    expect(recording.rewards[i]).toBeCloseTo(10 * (i % 3) + action, 5);
  });
  // The state before the step is the one the observation shows.
  expect(recording.infos.qpos.data).toEqual(recording.observations.filter((_, i) => i % 2 === 0));
  expect([...recording.infos.qvel.data]).toEqual([0, 1, 2, 0, 1, 2]);
  expect(recording.episodes).toEqual([
    { start: 0, end: 3, complete: true },
    { start: 3, end: 6, complete: true },
  ]);
  const rewards = [...recording.rewards];
  expect(recording.returns[1]).toBeCloseTo(rewards[3] + rewards[4] + rewards[5], 4);
});

test('a number of transitions may cut the last episode off', async () => {
  const env = new RampEnv({ length: 3, ending: 'terminated' });
  const recording = await recordEpisodes(policy, env, { transitions: 4, seed: 4 });
  expect([...recording.terminals]).toEqual([0, 0, 1, 0]);
  expect(recording.episodes.at(-1)).toEqual({ start: 3, end: 4, complete: false });
  expect(recording.observations).toHaveLength(8);
  expect(recording.returns).toHaveLength(1);
});

test('same seed, same bytes; float64 where asked', async () => {
  const record = (seed: number, precision?: 'float64') =>
    recordEpisodes(policy, new RampEnv(), { transitions: 2000, seed, precision });
  const first = await record(1);
  expect(await record(1)).toEqual(first);
  expect((await record(2)).actions).not.toEqual(first.actions);
  const exact = await record(1, 'float64');
  expect(exact.rewards).toBeInstanceOf(Float64Array);
  expect(Float32Array.from(exact.rewards)).toEqual(first.rewards);
});

test('other state can be kept under names of its own', async () => {
  const recording = await recordEpisodes(policy, new RampEnv(), {
    transitions: 3,
    seed: 0,
    readInfos: (env) => ({ 'sensor/both': [(env as RampEnv).simulation.qvel[0], 7] }),
  });
  expect(recording.infos).toEqual({ 'sensor/both': { data: Float32Array.of(0, 7, 1, 7, 2, 7), size: 2 } });
});

test('an abort ends the recording with the transitions so far', async () => {
  const abort = new AbortController();
  const recording = await recordEpisodes(policy, new RampEnv(), {
    transitions: 100_000,
    seed: 0,
    signal: abort.signal,
    onProgress: ({ transitions }) => transitions > 2000 && abort.abort(),
  });
  expect(recording.stopped).toBe(true);
  expect(recording.transitions).toBeLessThan(5000);
  expect(recording.rewards).toHaveLength(recording.transitions);
});

test('wrong arguments are errors', async () => {
  const record = (options: object) => recordEpisodes(policy, new RampEnv(), { seed: 0, ...options });
  await expect(record({})).rejects.toThrow(/exactly one/);
  await expect(record({ episodes: 1, transitions: 1 })).rejects.toThrow(/exactly one/);
  await expect(record({ transitions: -1 })).rejects.toThrow(/transitions is -1/);
});

test('dictionaries are recorded flat: achieved goal, desired goal, observation', async () => {
  const env = new ReachEnv({ horizon: 3 });
  const { observationSpace, actionSpace } = env;
  const random = createRandomPolicy({ environment: 'Reach-v0', observationSpace, actionSpace });
  const { observations, actions, nextObservations } = await recordEpisodes(random, env, { episodes: 2, seed: 1 });
  expect(observations).toHaveLength(2 * 3 * 3);
  const steps = observations.filter((_, i) => i % 3 === 2);
  expect([...steps]).toEqual([0, 1, 2, 0, 1, 2]);
  const goals = observations.filter((_, i) => i % 3 === 1);
  expect([...goals]).toEqual([goals[0], goals[0], goals[0], goals[3], goals[3], goals[3]]);
  expect(nextObservations[0]).toBeCloseTo(0.25 * actions[0], 6);
});
