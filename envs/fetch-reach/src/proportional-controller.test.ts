import { make } from '@understudy/gym';
import { expect, test } from 'vitest';
import { proportionalController } from './proportional-controller.ts';
import './register.ts';

test('the action is proportional to the way, clipped, fingers at rest', () => {
  const act = proportionalController({ gain: 4 });
  expect([...act([1, 1, 1], [1.125, 0.9375, 3])]).toEqual([0.5, -0.25, 1, 0]);
  const out = Float32Array.of(9, 9, 9, 9);
  expect(act([1, 1, 1], [0, 1, 1], out)).toBe(out);
  expect([...out]).toEqual([-1, 0, 0, 0]);
  for (const gain of [0, -1, Number.NaN])
    expect(() => proportionalController({ gain })).toThrow(`is ${gain}, expected`);
});

test('it reaches every goal and stays there, by infos where the goal is hidden', async () => {
  const env = await make('FetchReach-v4', { hideGoal: true });
  const act = proportionalController();
  for (let seed = 0; seed < 12; seed++) {
    let { observation, info } = env.reset({ seed });
    for (let truncated = false; !truncated; ) {
      ({ observation, info, truncated } = env.step(act(observation, info.desired_goal as Float64Array)));
    }
    expect(info.is_success, `seed ${seed}`).toBe(1);
  }
  env.close();
});
