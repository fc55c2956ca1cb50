import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GeomRecord, GeomType } from './input.ts';
import { depthOf, type Outline, obliqueView, projectGeom, sideView, type View, viewFrom } from './projection.ts';

const geom = (type: GeomType, size: number[]): GeomRecord => ({ name: 'g', body: 'b', type, size });
const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** 30 degrees about y: the third column, a capsule's axis, leans towards +x. */
const leaning = [Math.cos(Math.PI / 6), 0, 0.5, 0, 1, 0, -0.5, 0, Math.cos(Math.PI / 6)];

test('a capsule at a known pose ends where it should', () => {
  const outline = projectGeom(geom('capsule', [0.05, 0.2, 0]), [1, 5, 0.7], leaning, sideView);
  expect(outline).toEqual({
    kind: 'capsule',
    x1: 1 - 0.1,
    y1: expect.closeTo(0.7 - 0.2 * Math.cos(Math.PI / 6), 12),
    x2: 1 + 0.1,
    y2: expect.closeTo(0.7 + 0.2 * Math.cos(Math.PI / 6), 12),
    radius: 0.05,
  });
});

test('a sphere is a circle of its radius from everywhere', () => {
  expect(projectGeom(geom('sphere', [0.3]), [1, 2, 3], identity, sideView)).toEqual({
    kind: 'circle',
    x: 1,
    y: 3,
    radius: 0.3,
  });
  expect(projectGeom(geom('sphere', [0.3]), [0, 0, 0], identity, obliqueView)).toMatchObject({ radius: 0.3 });
});

test('a box turned about y shows its corners', () => {
  const corners = points(projectGeom(geom('box', [1, 9, 2]), [0, 0, 0], leaning, sideView));
  expect(corners.length).toBe(4);
  const [c, s] = [Math.cos(Math.PI / 6), 0.5];
  const expected = [c + 2 * s, -c + 2 * s, c - 2 * s, -c - 2 * s];
  expect(corners.map(([x]) => x).sort((a, b) => a - b)).toEqual(
    expected.sort((a, b) => a - b).map((x) => expect.closeTo(x, 9)),
  );
});

test('an ellipsoid reaches as far as its half-axes', () => {
  const outline = points(projectGeom(geom('ellipsoid', [0.5, 1, 2]), [0, 0, 0], identity, sideView));
  for (const [x, y] of outline) expect((x / 0.5) ** 2 + (y / 2) ** 2).toBeCloseTo(1, 9);
});

test('a cylinder from the side is a rectangle, from its end a disc', () => {
  const side = points(projectGeom(geom('cylinder', [0.5, 2]), [0, 0, 0], identity, sideView));
  expect(Math.max(...side.map(([x]) => x))).toBeCloseTo(0.5, 9);
  expect(Math.max(...side.map(([, y]) => y))).toBeCloseTo(2, 9);
  const above: View = { right: [1, 0, 0], up: [0, 1, 0] };
  for (const [x, y] of points(projectGeom(geom('cylinder', [0.5, 2]), [0, 0, 0], identity, above))) {
    expect(Math.hypot(x, y)).toBeCloseTo(0.5, 9);
  }
});

test('planes and meshes have no outline', () => {
  expect(projectGeom(geom('plane', [40, 40, 40]), [0, 0, 0], identity, sideView)).toBeUndefined();
  expect(projectGeom(geom('mesh', [1, 1, 1]), [0, 0, 0], identity, sideView)).toBeUndefined();
});

test('what lies farther along y is behind, from the side', () => {
  expect(depthOf(sideView, [0, 1, 0])).toBeGreaterThan(depthOf(sideView, [0, -1, 0]));
});

test('every view is a pair of perpendicular unit vectors, and 0 and 0 degrees is the side view', () => {
  fc.assert(
    fc.property(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -90, max: 90 }), (azimuth, elevation) => {
      const { right, up } = viewFrom(azimuth, elevation);
      expect(Math.hypot(...right)).toBeCloseTo(1, 12);
      expect(Math.hypot(...up)).toBeCloseTo(1, 12);
      expect(right[0] * up[0] + right[1] * up[1] + right[2] * up[2]).toBeCloseTo(0, 12);
    }),
  );
  expect(viewFrom(0, 0).right.map((value) => value + 0)).toEqual(sideView.right);
  expect(viewFrom(0, 0).up.map((value) => value + 0)).toEqual(sideView.up);
});

function points(outline: Outline | undefined) {
  if (outline?.kind !== 'polygon') throw new Error(`a polygon was expected, not ${outline?.kind}`);
  return outline.points;
}
