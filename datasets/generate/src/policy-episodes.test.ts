import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { policySource } from './policy-episodes.ts';
import { recordStates } from './record-states.ts';
import { constantPolicy, ladderEnv } from './testing/ladder-env.ts';
import { goOn } from './testing/scratch.ts';

test('policies take turns, and a piece is whole episodes with the state of each row', async () => {
  const source = policySource({ policies: [constantPolicy(0.5), constantPolicy(-1)], env: ladderEnv(), episodes: 2 });
  expect(source.infos).toEqual({ qpos: { shape: [1] }, qvel: { shape: [1] } });
  for (const [index, step] of [0.5, -1, 0.5].entries()) {
    const rows = (await source.segment(index, defaultRng(index), goOn))!;
    expect([...rows.actions]).toEqual(new Array(12).fill(step));
    expect([...rows.timeouts]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    expect([...rows.infos!.qpos]).toEqual([...rows.observations]);
    expect([...rows.nextObservations!]).toEqual([...rows.observations].map((height) => height + step));
    expect([...rows.rewards]).toEqual([...rows.nextObservations!]);
  }
});

test('every episode has its own start, the same for the same piece and seed', async () => {
  const source = policySource({ policies: [constantPolicy(0)], env: ladderEnv(1), episodes: 40 });
  const starts = async (seed: number) => [...(await source.segment(0, defaultRng(seed), goOn))!.observations];
  expect(new Set(await starts(0)).size).toBeGreaterThan(5);
  expect(await starts(0)).toEqual(await starts(0));
  expect(await starts(0)).not.toEqual(await starts(1));
});

test('uncounted pieces are filled to 4096 rows, and stop when asked', async () => {
  const source = policySource({ policies: [constantPolicy(0)], env: ladderEnv(100) });
  expect((await source.segment(0, defaultRng(0), goOn))!.rewards).toHaveLength(4100);
  expect(await source.segment(0, defaultRng(0), async (rows) => rows < 300)).toBeUndefined();
});

test('states: the first and the last are there, cut at the horizon, with what stands beside them', async () => {
  const env = ladderEnv(3);
  const { simulation } = env.unwrapped as unknown as { simulation: { qpos: Float64Array } };
  const extra = { size: 1, read: () => [100 + simulation.qpos[0]] };
  const options = { demonstrations: 2, seed: 1, deterministic: true, horizon: 10, extra };
  const { demonstrations, returns } = await recordStates(constantPolicy(0.5), env, options);
  expect(demonstrations).toMatchObject({ demonstrations: 2, stateSize: 2 });
  expect([...demonstrations.starts]).toEqual([0, 4]);
  expect([...demonstrations.ends]).toEqual([4, 8]);
  const heights = Array.from({ length: 8 }, (_, i) => demonstrations.states[2 * i]);
  const [first, second] = [heights[0], heights[4]];
  expect(heights).toEqual([0, 0.5, 1, 1.5].map((d) => first + d).concat([0, 0.5, 1, 1.5].map((d) => second + d)));
  expect(heights.map((height) => height + 100)).toEqual(heights.map((_, i) => demonstrations.states[2 * i + 1]));
  expect(returns).toEqual([3 * first + 3, 3 * second + 3]);

  await expect(recordStates(constantPolicy(0.5), env, { ...options, horizon: 0 })).rejects.toThrow('horizon is 0');
  const cut = await recordStates(constantPolicy(0.5), env, { ...options, horizon: 2 });
  expect([...cut.demonstrations.ends]).toEqual([3, 6]);
  expect([...cut.demonstrations.states.subarray(0, 6)]).toEqual([...demonstrations.states.subarray(0, 6)]);
  expect(cut.returns).toEqual([2 * first + 1.5, 2 * second + 1.5]);
});
