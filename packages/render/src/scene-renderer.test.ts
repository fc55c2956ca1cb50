import { expect, test } from 'vitest';
import { type Camera, fixedCamera, freeCamera, projectPoint, type Vector3 } from './camera.ts';
import type { Picture } from './picture.ts';
import { SceneRenderer } from './scene-renderer.ts';
import { type SolidScene, solidKind } from './solids.ts';

interface Solid {
  kind: number;
  size: readonly number[];
  at: Vector3;
  color?: readonly number[];
  rotation?: readonly number[];
}

const upright = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** Turns the z axis into the x axis. */
const alongX = [0, 0, 1, 0, 1, 0, -1, 0, 0];
const red = [1, 0, 0, 1];
const blue = [0, 0, 1, 1];

function sceneOf(solids: readonly Solid[]): SolidScene {
  return {
    kinds: Int32Array.from(solids, ({ kind }) => kind),
    sizes: Float64Array.from(solids.flatMap(({ size }) => [...size, 0, 0, 0].slice(0, 3))),
    colors: Float64Array.from(solids.flatMap(({ color = red }) => [...color])),
    positions: Float64Array.from(solids.flatMap(({ at }) => [...at])),
    rotations: Float64Array.from(solids.flatMap(({ rotation = upright }) => [...rotation])),
  };
}

/** From 4 m along y, level. */
const camera = freeCamera({ lookat: [0, 0, 0], distance: 4, azimuth: 90, elevation: 0 });
const side = 200;
/** Pixels of a metre at 4 m. */
const scale = side / 2 / (4 * Math.tan(Math.PI / 8));

function draw(solids: readonly Solid[], from: Camera = camera, width = side, height = side): Picture {
  return new SceneRenderer({ width, height }).render(sceneOf(solids), from, { focus: [0, 0, 0], radius: 3 });
}

function pixel({ data, width }: Picture, x: number, y: number): [number, number, number] {
  const i = 3 * (y * width + x);
  return [data[i], data[i + 1], data[i + 2]];
}

/** Whole pictures are compared at once: a difference of thousands of bytes takes minutes to print. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** The sky is bluish everywhere and these shapes are red: how much of a pixel is red. */
function area(picture: Picture, without: Picture): number {
  let sum = 0;
  for (let i = 0; i < picture.data.length; i += 3) {
    // Red shapes have no blue but a highlight's, so blue tells the sky's share.
    sum += Math.max(0, 1 - picture.data[i + 2] / without.data[i + 2]);
  }
  return sum;
}

const sky = draw([]);
const shapeArea = (...solids: Solid[]) => area(draw(solids), sky);

test('a sphere covers the ellipse that its cone of rays cuts out', () => {
  const radius = 0.8;
  // Rays tangent to the sphere have the slope r / sqrt(d² - r²).
  const pixels = (side / 2 / Math.tan(Math.PI / 8)) * (radius / Math.sqrt(16 - radius * radius));
  const covered = shapeArea({ kind: solidKind.sphere, size: [radius], at: [0, 0, 0] });
  expect(covered / (Math.PI * pixels * pixels)).toBeGreaterThan(0.95);
  expect(covered / (Math.PI * pixels * pixels)).toBeLessThan(1.005);
});

test('a box has its edges where the camera projects its corners', () => {
  const picture = draw([{ kind: solidKind.box, size: [0.5, 0.25, 0.75], at: [0, 0, 0] }]);
  // The face towards the camera is 3.75 m away.
  const nearScale = (scale * 4) / 3.75;
  const right = side / 2 + 0.5 * nearScale;
  const top = side / 2 - 0.75 * nearScale;
  const isRed = (x: number, y: number) => pixel(picture, x, y)[0] > 2 * pixel(picture, x, y)[2];
  expect(isRed(Math.floor(right) - 1, side / 2)).toBe(true);
  expect(isRed(Math.ceil(right) + 1, side / 2)).toBe(false);
  expect(isRed(side / 2, Math.ceil(top) + 1)).toBe(true);
  expect(isRed(side / 2, Math.floor(top) - 2)).toBe(false);
});

test('the nearer shape hides the farther one, in any order', () => {
  const near: Solid = { kind: solidKind.sphere, size: [0.3], at: [0, -1, 0], color: red };
  const far: Solid = { kind: solidKind.box, size: [0.6, 0.2, 0.6], at: [0, 1, 0], color: blue };
  for (const solids of [
    [near, far],
    [far, near],
  ]) {
    const picture = draw(solids);
    const [r, , b] = pixel(picture, side / 2, side / 2);
    expect(r).toBeGreaterThan(b);
    const beside = pixel(picture, Math.round(side / 2 + 0.45 * scale), side / 2);
    expect(beside[2]).toBeGreaterThan(beside[0]);
  }
});

test('two shapes that cut through each other are told apart by depth at each pixel', () => {
  // A sphere whose middle lies in the box's near face shows as a disc of its own radius.
  const picture = draw([
    { kind: solidKind.box, size: [1, 0.5, 1], at: [0, 0.5, 0], color: blue },
    { kind: solidKind.sphere, size: [0.5], at: [0, 0, 0], color: red },
  ]);
  const isRed = (x: number) => pixel(picture, Math.round(side / 2 + x * scale), side / 2)[0] > 100;
  expect([isRed(0.45), isRed(-0.45), isRed(0.6), isRed(-0.6)]).toEqual([true, true, false, false]);
});

test('a capsule looks as a cylinder with a sphere at each end', () => {
  const size = [0.2, 0.5];
  const capsule: Solid = { kind: solidKind.capsule, size, at: [0.1, 0, 0.2] };
  const parts: Solid[] = [
    { kind: solidKind.cylinder, size, at: [0.1, 0, 0.2] },
    { kind: solidKind.sphere, size: [0.2], at: [0.1, 0, 0.7] },
    { kind: solidKind.sphere, size: [0.2], at: [0.1, 0, -0.3] },
  ];
  const one = draw([capsule]).data;
  const three = draw(parts).data;
  let different = 0;
  for (let i = 0; i < one.length; i++) if (Math.abs(one[i] - three[i]) > 8) different++;
  // The seams are rays' luck.
  expect(different).toBeLessThan(0.002 * one.length);
});

test('an ellipsoid of equal half sizes is a sphere, and a stretched one is as wide as it should be', () => {
  const sphere = draw([{ kind: solidKind.sphere, size: [0.4], at: [0, 0, 0] }]).data;
  const ellipsoid = draw([{ kind: solidKind.ellipsoid, size: [0.4, 0.4, 0.4], at: [0, 0, 0] }]).data;
  expect(largestDifference(sphere, ellipsoid)).toBeLessThanOrEqual(1);
  const wide = shapeArea({ kind: solidKind.ellipsoid, size: [0.8, 0.01, 0.4], at: [0, 0, 0] });
  expect(wide / (Math.PI * 0.8 * 0.4 * scale * scale)).toBeCloseTo(1, 1);
});

test('rotations turn shapes: a cylinder along x is wide, upright it is high, towards the eye it is a disc', () => {
  const cylinder = (rotation: readonly number[]): Solid => ({
    kind: solidKind.cylinder,
    size: [0.1, 0.8],
    at: [0, 0, 0],
    rotation,
  });
  const isRed = (picture: Picture, x: number, z: number) => {
    const [r, , b] = pixel(picture, Math.round(side / 2 + x * scale), Math.round(side / 2 - z * scale));
    return r > 2 * b;
  };
  const lying = draw([cylinder(alongX)]);
  const standing = draw([cylinder(upright)]);
  const pointing = draw([cylinder([1, 0, 0, 0, 0, -1, 0, 1, 0])]);
  expect([isRed(lying, 0.7, 0), isRed(lying, 0, 0.3)]).toEqual([true, false]);
  expect([isRed(standing, 0, 0.7), isRed(standing, 0.3, 0)]).toEqual([true, false]);
  expect([isRed(pointing, 0.05, 0.05), isRed(pointing, 0.3, 0), isRed(pointing, 0, 0.3)]).toEqual([true, false, false]);
});

test('the side towards the light is brighter: above and left of what the camera sees', () => {
  const picture = draw([{ kind: solidKind.sphere, size: [1], at: [0, 0, 0], color: [0.5, 0.5, 0.5, 1] }]);
  const shade = (x: number, z: number) =>
    pixel(picture, Math.round(side / 2 + x * scale), Math.round(side / 2 - z * scale))[1];
  expect(shade(0, 0.7)).toBeGreaterThan(shade(0, 0) + 5);
  expect(shade(0, 0)).toBeGreaterThan(shade(0, -0.7) + 20);
  expect(shade(-0.7, 0)).toBeGreaterThan(shade(0.7, 0) + 10);
});

test('a shape throws a shadow on the ground beside it, and translucent ones do not', () => {
  const from = freeCamera({ lookat: [0, 0, 0], distance: 4, azimuth: 90, elevation: -40 });
  const ground: Solid = { kind: solidKind.plane, size: [0, 0], at: [0, 0, 0], color: [1, 1, 1, 1] };
  const ball = (opacity: number): Solid => ({
    kind: solidKind.sphere,
    size: [0.3],
    at: [0, 0, 0.8],
    color: [1, 0, 0, opacity],
  });
  // The light comes from the left, from behind the camera and from above: 0.4 to the left and 0.35... back a metre up.
  const { x, y } = projectPoint(from, [0.8 * 0.4, 0.8 * 0.35, 0], side, side);
  const beneath = (solids: Solid[]) => pixel(draw(solids, from), Math.floor(x), Math.floor(y));
  const [bright] = beneath([ground]);
  expect(beneath([ground, ball(1)])[1]).toBeLessThan(0.8 * bright);
  expect(beneath([ground, ball(0.5)])[1]).toBeGreaterThanOrEqual(bright - 1);
});

test('a translucent shape mixes with what is behind it, and one of no opacity is not there', () => {
  const back: Solid = { kind: solidKind.box, size: [1, 0.1, 1], at: [0, 1, 0], color: blue };
  const front = (opacity: number): Solid => ({
    kind: solidKind.box,
    size: [0.5, 0.1, 0.5],
    at: [0, 0, 0],
    color: [1, 0, 0, opacity],
  });
  const middle = (solids: Solid[]) => pixel(draw(solids), side / 2, side / 2);
  const [whole, none, half] = [middle([back, front(1)]), middle([back]), middle([back, front(0.5)])];
  for (let c = 0; c < 3; c++) expect(Math.abs(half[c] - (whole[c] + none[c]) / 2)).toBeLessThanOrEqual(1);
  expect(equal(draw([back, front(0)]).data, draw([back]).data)).toBe(true);
});

test('outlines are smoothed: some pixels are neither shape nor sky', () => {
  const picture = draw([{ kind: solidKind.sphere, size: [0.5], at: [0, 0, 0], color: [0, 0, 0, 1] }]);
  const row = Array.from({ length: side }, (_, x) => pixel(picture, x, side / 2 - 20)[2]);
  const skyBlue = row[0];
  const between = row.filter((value) => value > 0.2 * skyBlue && value < 0.9 * skyBlue && value > 60);
  expect(between.length).toBeGreaterThanOrEqual(2);
});

test('the same scene gives the same bytes, also from a renderer that has drawn something else', () => {
  const solids: Solid[] = [
    { kind: solidKind.plane, size: [0, 0], at: [0, 0, -0.5], color: [0.8, 0.9, 0.8, 1] },
    { kind: solidKind.capsule, size: [0.1, 0.4], at: [0.2, 0, 0], rotation: alongX },
    { kind: solidKind.box, size: [0.1, 0.4, 0.2], at: [-0.3, 0, 0], color: [0, 1, 0, 0.4] },
  ];
  const settings = { focus: [0, 0, 0], radius: 3 } as const;
  const renderer = new SceneRenderer({ width: 64, height: 48 });
  const first = renderer.render(sceneOf(solids), camera, settings);
  const kept = first.data.slice();
  renderer.render(sceneOf(solids.slice(1)), camera, settings);
  expect(equal(first.data, kept)).toBe(true);
  expect(equal(renderer.render(sceneOf(solids), camera, settings).data, kept)).toBe(true);
  expect(equal(new SceneRenderer({ width: 64, height: 48 }).render(sceneOf(solids), camera, settings).data, kept)).toBe(
    true,
  );
});

test('what lies outside the view, behind the eye, around it, or is no number leaves the picture alone', () => {
  const away: Solid[] = [
    { kind: solidKind.sphere, size: [0.5], at: [50, 0, 0] },
    { kind: solidKind.box, size: [1, 1, 1], at: [0, -9, 0] },
    { kind: solidKind.capsule, size: [0.5, 1], at: [0, -9, 0] },
    { kind: solidKind.sphere, size: [2], at: [0, -4, 0] },
    { kind: solidKind.box, size: [1, 1, 1], at: [Number.NaN, 0, 0] },
    { kind: 7, size: [1, 1, 1], at: [0, 0, 0] },
  ];
  expect(equal(draw(away).data, sky.data)).toBe(true);
});

test('a plane is seen from above only, and a finite one ends', () => {
  const plane = (size: number): Solid => ({ kind: solidKind.plane, size: [size, size], at: [0, 0, -1], color: red });
  const below = freeCamera({ lookat: [0, 0, -2], distance: 4, azimuth: 90, elevation: 20 });
  const above = freeCamera({ lookat: [0, 0, -1], distance: 4, azimuth: 90, elevation: -60 });
  expect(equal(draw([plane(0)], below).data, draw([], below).data)).toBe(true);
  const isRed = (size: number, x: number) => {
    const [r, , b] = pixel(draw([plane(size)], above), x, side / 2);
    return r > 2 * b;
  };
  expect([isRed(0.5, side / 2), isRed(0.5, side - 5), isRed(0, side - 5)]).toEqual([true, false, true]);
});

test('points are projected as computed by hand', () => {
  // 4 m in front, 45 degrees high: the upper edge lies 4 tan(22.5°) = 1.65685 m up.
  expect(projectPoint(camera, [0, 0, 0], 100, 100)).toMatchObject({ x: 50, y: 50, depth: 4 });
  const edge = projectPoint(camera, [0, 0, 4 * Math.tan(Math.PI / 8)], 100, 100);
  expect(edge.y).toBeCloseTo(0, 9);
  // Azimuth 90 looks along y, so x is to the right.
  expect(projectPoint(camera, [1, 0, 0], 100, 100).x).toBeCloseTo(50 + 50 / 1.656854, 4);
  const high = freeCamera({ lookat: [1, 2, 3], distance: 2, azimuth: 0, elevation: -90 });
  for (let axis = 0; axis < 3; axis++) expect(high.position[axis]).toBeCloseTo([1, 2, 5][axis], 12);
  // Straight down at azimuth 0, x is up and y to the left.
  expect(projectPoint(high, [1.1, 2, 3], 100, 100).y).toBeLessThan(50);
  expect(projectPoint(high, [1, 2.1, 3], 100, 100).x).toBeLessThan(50);
});

test('a fixed camera looks along its negative z axis', () => {
  // x to the right, y up along the world's z, so z towards the viewer is the world's -y.
  const fixed = fixedCamera([0, -4, 0], [1, 0, 0, 0, 0, -1, 0, 1, 0], 45);
  const solids: Solid[] = [{ kind: solidKind.box, size: [0.3, 0.2, 0.5], at: [0.2, 0, 0.1] }];
  expect(largestDifference(draw(solids, fixed).data, draw(solids).data)).toBeLessThanOrEqual(1);
});

test('a size beyond 16 to 4096 is refused', () => {
  expect(() => new SceneRenderer({ width: 8, height: 64 })).toThrow(/width.*16 to 4096/);
  expect(() => new SceneRenderer({ width: 64, height: Number.NaN })).toThrow(/height/);
});
