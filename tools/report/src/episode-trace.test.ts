import { HalfCheetahEnv } from '@understudy/env-half-cheetah';
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

test('a MuJoCo environment gives the pose of its geometries, its joints, and which limb each body belongs to', async () => {
  const env = await HalfCheetahEnv.create();
  const still = { act: () => new Float32Array(6) };
  const trace = recordEpisodeTrace(still, env, { seed: 0, maxSteps: 40 });
  env.close();
  const geom = (name: string) => trace.geoms.findIndex((candidate) => candidate.name === name);
  expect(trace.dt).toBeCloseTo(0.05, 12);
  expect(trace.geoms[geom('bfoot')]).toMatchObject({ type: 'capsule', body: 'bfoot', parentBody: 'bshin' });
  expect(trace.geoms[geom('bthigh')].parentBody).toBe('torso');
  expect(trace.joints?.map(({ name }) => name)).toContain('ffoot');
  const heights = trace.frames.map(({ geomPositions }) => geomPositions[3 * geom('torso') + 2]);
  expect(heights[0]).toBeGreaterThan(0.5);
  expect(heights[39]).toBeLessThan(heights[0]);
  const { drawings } = composePage({ environment: env.id, runs: [], evaluation: [], episodeTrace: trace });
  expect(drawings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['film-strip', 'footfalls', 'trace-joint-bthigh']),
  );
});
