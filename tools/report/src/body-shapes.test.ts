import { expect, test } from 'vitest';
import { bodyMarkup, bodyParts, bodyStyle, boundsOf } from './body-shapes.ts';
import type { EpisodeTrace } from './input.ts';
import { limbColours, torsoColour } from './palette.ts';
import { obliqueView, sideView } from './projection.ts';
import { cheetahTrace } from './testing/cheetah.ts';

test('each limb of the cheetah has its own colour, lighter towards the foot', () => {
  const trace = cheetahTrace(3);
  const style = bodyStyle(trace)!;
  const colour = (name: string) => style.colours[trace.geoms.findIndex((geom) => geom.name === name)];
  expect(['torso', 'head'].map(colour)).toEqual([torsoColour, torsoColour]);
  expect(['bthigh', 'bshin', 'bfoot'].map(colour)).toEqual(limbColours[0]);
  expect(['fthigh', 'fshin', 'ffoot'].map(colour)).toEqual(limbColours[1]);
  expect(style).toMatchObject({ view: sideView, ground: 0, root: 1 });
});

test('the shin hangs on the thigh: neighbouring capsules of a limb meet', () => {
  const trace = cheetahTrace(30);
  const parts = bodyParts(trace, trace.frames[29], bodyStyle(trace)!);
  const ends = (name: string) => {
    const { outline } = parts.find((part) => trace.geoms[part.geom].name === name)!;
    if (outline.kind !== 'capsule') throw new Error('a capsule was expected');
    return [
      [outline.x1, outline.y1],
      [outline.x2, outline.y2],
    ];
  };
  for (const [upper, lower] of [
    ['bthigh', 'bshin'],
    ['bshin', 'bfoot'],
    ['fthigh', 'fshin'],
    ['fshin', 'ffoot'],
  ]) {
    const distances = ends(upper).flatMap(([x, y]) => ends(lower).map(([u, v]) => Math.hypot(x - u, y - v)));
    expect(Math.min(...distances)).toBeLessThan(0.06);
  }
});

test('a body that leaves its plane is drawn from a little above', () => {
  const trace = cheetahTrace(3);
  const positions = Float64Array.from(trace.frames[2].geomPositions);
  positions[3 * 4 + 1] = 0.2;
  const frames = [...trace.frames.slice(0, 2), { ...trace.frames[2], geomPositions: positions }];
  expect(bodyStyle({ ...trace, frames })!.view).toBe(obliqueView);
});

test('invisible geometries and a trace without any are not drawn', () => {
  const trace = cheetahTrace(2);
  const invisible = trace.geoms.map((geom) => ({ ...geom, rgba: [1, 1, 1, 0] }));
  expect(bodyStyle({ ...trace, geoms: invisible })).toBeUndefined();
  expect(bodyStyle({ dt: 0.1, geoms: [], frames: [] })).toBeUndefined();
});

test('a capsule becomes a round-capped line of its width, and its bounds hold its caps', () => {
  const trace: EpisodeTrace = {
    dt: 0.1,
    geoms: [{ name: 'rod', type: 'capsule', size: [0.1, 0.5, 0], body: 'rod' }],
    frames: [{ time: 0, reward: 0, geomPositions: [2, 0, 1], geomRotations: [1, 0, 0, 0, 1, 0, 0, 0, 1] }],
  };
  const parts = bodyParts(trace, trace.frames[0], bodyStyle(trace)!);
  expect(boundsOf(parts)).toEqual([1.9, 0.4, 2.1, 1.6]);
  const svg = bodyMarkup(parts, { scale: 100, left: 10, top: 300 }).source;
  expect(svg).toContain(
    `<line x1="210" y1="250" x2="210" y2="150" stroke="${torsoColour}" stroke-width="20" stroke-linecap="round"/>`,
  );
});
