import { InputError, nearestNames } from '@understudy/errors';
import { arcLength, normalise, pointsAt, splineThrough } from './polyline.ts';

/** The names of the drawings. */
export const drawingNames = ['path1', 'circle', 'mouse1', 'mouse2'] as const;
/** The name of a drawing. */
export type DrawingName = (typeof drawingNames)[number];

/** Arc length of every drawing: that of the circle, whose radius is 1. */
export const drawingLength = 2 * Math.PI;
/** Points of a reference curve. */
const referencePoints = 401;

type Controls = readonly (readonly [number, number])[];

/** mouse1: a common stem, then one of three tails. */
const stem: Controls = [
  [0, 0],
  [0.7, 0.55],
  [1.5, 0.35],
  [2.2, 0.75],
];
const tails: readonly Controls[] = [
  [
    [2.6, 1.5],
    [2.6, 2.3],
    [2.4, 3.2],
  ],
  [
    [3.0, 0.95],
    [3.8, 0.8],
    [4.7, 1.0],
  ],
  [
    [2.8, 0.35],
    [3.2, -0.4],
    [3.3, -1.3],
  ],
];
/** mouse2: out to the right and round a loop, then back over the stem, close to it and against its direction. */
const loop: Controls = [
  [0, 0],
  [1, -0.05],
  [2, 0.1],
  [2.75, 0.6],
  [2.9, 1.4],
  [2.35, 2],
  [1.6, 1.75],
  [1.45, 0.95],
  [1.1, 0.3],
  [0.4, 0.15],
  [-0.4, 0.35],
];

/** Curves of a drawing, all of one arc length: one, or one for each tail of mouse1. */
function branches(name: DrawingName): Float64Array[] {
  switch (name) {
    case 'path1':
      return [sampled((u) => [4 * u, 1.3 * Math.sin(2 * Math.PI * u)])];
    case 'circle':
      return [sampled((u) => [Math.sin(2 * Math.PI * u), 1 - Math.cos(2 * Math.PI * u)])];
    case 'mouse1':
      return tails.map((tail) => splineThrough([...stem, ...tail], 200));
    case 'mouse2':
      return [splineThrough(loop, 200)];
  }
}

function sampled(curve: (u: number) => readonly [number, number]): Float64Array {
  return Float64Array.from(Array.from({ length: 2001 }, (_, i) => curve(i / 2000)).flat());
}

/**
 * The reference curves of a drawing, from the origin, each of arc length 2 pi, as points at equal arc lengths: `[401, 2]`
 * each. path1 is an S, circle is closed, mouse1 has three that share a stem, mouse2 comes back close to its own start.
 * The thesis's figures are lost; the shapes are our own after its descriptions.
 *
 * @throws InputError when there is no such drawing.
 */
export function drawingReferences(name: DrawingName): Float64Array[] {
  checkDrawingName(name);
  const curves = branches(name);
  // Tails are cut to one length, not scaled, so that they keep their stem in common.
  const length = Math.min(...curves.map(arcLength));
  const lengths = Float64Array.from({ length: referencePoints }, (_, i) => (length * i) / (referencePoints - 1));
  return curves.map((curve) => {
    const points = pointsAt(curve, lengths);
    normalise(points, drawingLength);
    return points;
  });
}

/** @throws InputError when there is no such drawing, with the nearest names. */
export function checkDrawingName(name: string): asserts name is DrawingName {
  if (drawingNames.includes(name as DrawingName)) return;
  const near = nearestNames(name, drawingNames)[0];
  throw new InputError(
    `there is no drawing "${name}"; ${near ? `did you mean "${near}"?` : `there are ${drawingNames.join(', ')}`}`,
  );
}
