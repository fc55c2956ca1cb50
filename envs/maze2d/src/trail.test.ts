import { expect, test } from 'vitest';
import { Trail } from './trail.ts';

const plain = (x: number, y: number) => [x, y];

test('the last places are kept in order, and the present one comes last', () => {
  const trail = new Trail(3);
  expect([...trail.points(9, 8, plain)]).toEqual([9, 8]);
  for (let i = 1; i <= 5; i++) trail.add(i, -i);
  expect([...trail.points(9, 8, plain)]).toEqual([3, -3, 4, -4, 5, -5, 9, 8]);
  expect([...trail.points(9, 8, (x, y) => [y, x])].slice(0, 2)).toEqual([-3, 3]);
  trail.clear();
  trail.add(7, 7);
  expect([...trail.points(9, 8, plain)]).toEqual([7, 7, 9, 8]);
});
