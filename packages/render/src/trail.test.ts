import { expect, test } from 'vitest';
import { Trail } from './trail.ts';

test('the last positions are kept in order, oldest first', () => {
  const trail = new Trail(3);
  trail.restart(Float64Array.of(0, 0), 0);
  expect([...trail.points()]).toEqual([0, 0]);
  for (let i = 1; i <= 4; i++) trail.push(Float64Array.of(9, i, -i), 1);
  expect([...trail.points()]).toEqual([2, -2, 3, -3, 4, -4]);
  trail.restart(Float64Array.of(7, 8), 0);
  expect([...trail.points()]).toEqual([7, 8]);
});
