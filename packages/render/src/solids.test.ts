import { expect, test } from 'vitest';
import { enterSolid, solidKind } from './solids.ts';

/** Distance and face, or undefined for a miss. */
function enter(kind: number, sizes: number[], origin: number[], direction: number[]): [number, number] | undefined {
  const hit = new Float64Array(2);
  const ray = Float64Array.of(...origin, ...direction);
  return enterSolid(kind, Float64Array.from(sizes), 0, ray, hit) ? [hit[0], hit[1]] : undefined;
}

test('rays along the axes enter a box at the face that they come from, and miss beside it', () => {
  const sizes = [1, 2, 3];
  for (let axis = 0; axis < 3; axis++) {
    for (const sign of [1, -1]) {
      const along = (length: number) => [0, 1, 2].map((i) => (i === axis ? sign * length : 0));
      const face = axis + (sign > 0 ? 1 : 4);
      expect(enter(solidKind.box, sizes, along(10), along(-1))).toEqual([10 - sizes[axis], face]);
      expect(enter(solidKind.box, sizes, along(10), along(1))).toBeUndefined();
      const beside = along(10);
      beside[(axis + 1) % 3] = sizes[(axis + 1) % 3] + 0.01;
      expect(enter(solidKind.box, sizes, beside, along(-1))).toBeUndefined();
    }
  }
  expect(enter(solidKind.box, sizes, [0, 0, 0], [1, 0, 0])).toBeUndefined();
});

test('a slanting ray enters a box where it crosses the last of the near faces', () => {
  // x = 4 - t reaches 1 at 3, y = 5 - 2 t reaches 2 at 1.5: in by the x face.
  expect(enter(solidKind.box, [1, 2, 3], [4, 5, 0], [-1, -2, 0])).toEqual([3, 1]);
  // Twice as steep, it has left the slab of y before.
  expect(enter(solidKind.box, [1, 2, 3], [4, 5, 0], [-1, -4, 0])).toBeUndefined();
});

test('a capsule is entered at its side, at its ends and along its axis', () => {
  const sizes = [0.5, 2];
  expect(enter(solidKind.capsule, sizes, [3, 0, 1], [-1, 0, 0])?.[0]).toBeCloseTo(2.5, 12);
  expect(enter(solidKind.capsule, sizes, [0, 0, 9], [0, 0, -1])?.[0]).toBeCloseTo(6.5, 12);
  // 0.3 above the end's centre the sphere is 0.4 wide.
  expect(enter(solidKind.capsule, sizes, [3, 0, 2.3], [-1, 0, 0])?.[0]).toBeCloseTo(2.6, 12);
  expect(enter(solidKind.capsule, sizes, [3, 0, 2.51], [-1, 0, 0])).toBeUndefined();
});
