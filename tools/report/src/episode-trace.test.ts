import { expect, test } from 'vitest';
import { recordEpisodeTrace } from './episode-trace.ts';
import { composePage } from './page.ts';
import { countdownEnv } from './testing/countdown-env.ts';

const policy = { act: (observation: ArrayLike<number>) => Float32Array.of(observation[0]) };

test('one frame a step until the episode ends, each with the reward that led to it', () => {
  const env = countdownEnv(4);
  const trace = recordEpisodeTrace(policy, env, { seed: 7, policyName: 'clone' });
  expect(trace.frames.map(({ reward }) => reward)).toEqual([4, 3, 2, 1]);
  expect(trace.frames.map(({ time }) => time)).toEqual([0.1, 0.2, 0.30000000000000004, 0.4]);
  expect(trace.frames[0].xVelocity).toBe(0.5);
  expect(trace).toMatchObject({ policy: 'clone', dt: 0.1, geoms: [] });
  expect(env.seeds).toEqual([7]);
});

test('maxSteps ends an episode early, and has to be a positive whole number', () => {
  expect(recordEpisodeTrace(policy, countdownEnv(9), { seed: 1, maxSteps: 2 }).frames).toHaveLength(2);
  expect(() => recordEpisodeTrace(policy, countdownEnv(9), { seed: 1, maxSteps: 0 })).toThrow(/maxSteps is 0/);
});

test('a trace without geometry still makes a page', () => {
  const episodeTrace = recordEpisodeTrace(policy, countdownEnv(9), { seed: 1 });
  const { drawings } = composePage({ environment: 'Countdown-v0', runs: [], evaluation: [], episodeTrace });
  expect(drawings.map(({ name }) => name)).toEqual(['trace-forward-speed', 'trace-reward']);
});
