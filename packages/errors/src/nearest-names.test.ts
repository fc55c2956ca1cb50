import { expect, test } from 'vitest';
import { nearestNames } from './nearest-names.ts';

test('the nearest names come first and far ones not at all', () => {
  const names = ['HalfCheetah-v5', 'HalfCheetah-v4', 'Hopper-v5', 'Humanoid-v5'];
  expect(nearestNames('halfcheeta-v5', names)).toEqual(['HalfCheetah-v5', 'HalfCheetah-v4']);
  expect(nearestNames('Hoper-v5', names)[0]).toBe('Hopper-v5');
  expect(nearestNames('Pong', names)).toEqual([]);
});
