import { Box, Dict, type GoalObservation, TimeLimit, TransformObservation } from '@understudy/gym';
import { expect, test } from 'vitest';
import { RampEnv } from '../testing/ramp-env.ts';
import { ReachEnv } from '../testing/reach-env.ts';
import { goalTaskOf } from './goal-task.ts';

test('goals lie where the flat observation has them, through wrappers too', () => {
  const env = new TimeLimit(new ReachEnv(), 5);
  const task = goalTaskOf(env, 'Test');
  const flat = new Float64Array(3);
  env.observationSpace.flattenInto({ observation: [7], achieved_goal: [8], desired_goal: [9] } as never, flat, 0);
  expect([flat[task.achievedAt], flat[task.desiredAt]]).toEqual([8, 9]);
  expect(task.goalSize).toBe(1);
  expect(task.computeReward(Float32Array.of(0.3, 0), Float32Array.of(0.35, 1))).toEqual(Float64Array.of(0, -1));
});

test('parts before and between the goals shift them', () => {
  const env = new ReachEnv();
  const box = (size: number) => new Box<Float64Array>({ low: -1, high: 1, shape: [size], dtype: 'float64' });
  const observationSpace = new Dict<GoalObservation>({
    ...env.observationSpace.spaces,
    aardvark: box(4),
    camera: box(2),
  });
  const { achievedAt, desiredAt } = goalTaskOf(Object.assign(env, { observationSpace }), 'Test');
  expect([achievedAt, desiredAt]).toEqual([4, 4 + 1 + 2]);
});

test('environments without goals, or that hide them, are refused in a sentence', () => {
  expect(() => goalTaskOf(new RampEnv(), 'DDPG+HER')).toThrow(
    /^DDPG\+HER learns to reach goals, and Ramp-v0 shows none \(.*Box.*\); choose .*\.$/,
  );
  const hidden = new TransformObservation(
    new ReachEnv(),
    ({ observation }: GoalObservation) => observation,
    new Box<Float64Array>({ low: 0, high: 10, shape: [1], dtype: 'float64' }),
  );
  expect(() => goalTaskOf(hidden, 'DDPG+HER')).toThrow('Reach-v0 shows none');
});
