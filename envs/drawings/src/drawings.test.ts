import { checkEnv, make } from '@understudy/gym';
import { expect, test } from 'vitest';
import {
  DrawingEnv,
  type DrawingName,
  drawingActions,
  drawingDemonstrations,
  drawingLength,
  drawingNames,
  drawingReferences,
  drawingSteps,
} from './index.ts';
import { arcLength, pointsAt } from './polyline.ts';

const branchCounts: Record<DrawingName, number> = { path1: 1, circle: 1, mouse1: 3, mouse2: 1 };

function last(points: Float64Array): [number, number] {
  return [points[points.length - 2], points[points.length - 1]];
}

test.each(drawingNames)('references of %s start at the origin, have one length and even steps', (name) => {
  const references = drawingReferences(name);
  expect(references).toHaveLength(branchCounts[name]);
  for (const points of references) {
    expect(points.length).toBe(2 * 401);
    expect([points[0], points[1]]).toEqual([0, 0]);
    expect(arcLength(points)).toBeCloseTo(drawingLength, 10);
    for (let i = 2; i < points.length; i += 2) {
      const step = Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
      expect(step / (drawingLength / 400)).toBeCloseTo(1, 2);
    }
  }
});

test('circle is the unit circle through the origin, and closed', () => {
  const [points] = drawingReferences('circle');
  for (let i = 0; i < points.length; i += 2) expect(Math.hypot(points[i], points[i + 1] - 1)).toBeCloseTo(1, 4);
  const [x, y] = last(points);
  expect(Math.hypot(x, y)).toBeLessThan(1e-9);
});

test('path1 is an S: it bends one way and then the other, and is its own image when turned about its middle', () => {
  const [points] = drawingReferences('path1');
  const [x, y] = last(points);
  for (let i = 0; i <= 400; i++) {
    expect(points[2 * i] + points[2 * (400 - i)]).toBeCloseTo(x, 4);
    expect(points[2 * i + 1] + points[2 * (400 - i) + 1]).toBeCloseTo(y, 4);
  }
  const turn = (i: number) =>
    (points[2 * i] - points[2 * i - 2]) * (points[2 * i + 3] - points[2 * i + 1]) -
    (points[2 * i + 1] - points[2 * i - 1]) * (points[2 * i + 2] - points[2 * i]);
  expect(turn(100)).toBeLessThan(0);
  expect(turn(300)).toBeGreaterThan(0);
});

test('the tails of mouse1 share a stem and end far apart', () => {
  const [up, middle, down] = drawingReferences('mouse1');
  for (let i = 0; i < 2 * 120; i++) {
    expect(middle[i]).toBeCloseTo(up[i], 3);
    expect(down[i]).toBeCloseTo(up[i], 3);
  }
  const apart = (a: Float64Array, b: Float64Array) => Math.hypot(last(a)[0] - last(b)[0], last(a)[1] - last(b)[1]);
  expect(Math.min(apart(up, middle), apart(middle, down), apart(up, down))).toBeGreaterThan(1.5);
});

test('mouse2 comes back close to its start, against its first direction', () => {
  const [points] = drawingReferences('mouse2');
  let nearest = { distance: Number.POSITIVE_INFINITY, along: 0 };
  for (let i = 20; i < 150; i++) {
    for (let k = 300; k < 400; k++) {
      const distance = Math.hypot(points[2 * i] - points[2 * k], points[2 * i + 1] - points[2 * k + 1]);
      if (distance >= nearest.distance) continue;
      const [ux, uy] = [points[2 * i + 2] - points[2 * i], points[2 * i + 3] - points[2 * i + 1]];
      const [vx, vy] = [points[2 * k + 2] - points[2 * k], points[2 * k + 3] - points[2 * k + 1]];
      nearest = { distance, along: (ux * vx + uy * vy) / (Math.hypot(ux, uy) * Math.hypot(vx, vy)) };
    }
  }
  expect(nearest.distance).toBeLessThan(0.3);
  expect(nearest.along).toBeLessThan(-0.8);
});

test.each(drawingNames)(
  'demonstrations of %s start at the origin, are equally long, and differ in their points',
  (name) => {
    const trajectories = drawingDemonstrations(name, { count: 24, seed: 3 });
    const references = drawingReferences(name);
    const counts = new Set<number>();
    for (const [i, { positions, branch }] of trajectories.entries()) {
      expect(branch).toBe(i % references.length);
      const count = positions.length / 2;
      counts.add(count);
      expect(count).toBeGreaterThanOrEqual(50);
      expect(count).toBeLessThanOrEqual(100);
      expect([positions[0], positions[1]]).toEqual([0, 0]);
      expect(arcLength(positions)).toBeCloseTo(drawingLength, 10);
      const steps = Array.from({ length: count - 1 }, (_, k) =>
        Math.hypot(positions[2 * k + 2] - positions[2 * k], positions[2 * k + 3] - positions[2 * k + 1]),
      );
      expect(Math.max(...steps) / Math.min(...steps)).toBeGreaterThan(1.5);
      // Halfway along, near where the reference is halfway.
      const [x, y] = pointsAt(positions, [drawingLength / 2]);
      const [rx, ry] = pointsAt(references[branch], [drawingLength / 2]);
      expect(Math.hypot(x - rx, y - ry)).toBeLessThan(0.6);
    }
    expect(counts.size).toBeGreaterThan(8);
  },
);

test('without noise demonstrations lie on the reference; seeds decide them', () => {
  const [first] = drawingReferences('path1');
  for (const { positions } of drawingDemonstrations('path1', { count: 3, noise: 0, seed: 1 })) {
    const [x, y] = last(positions);
    expect(Math.hypot(x - first[800], y - first[801])).toBeLessThan(0.02);
  }
  const make = (seed: number) => drawingDemonstrations('mouse1', { count: 4, seed });
  expect(make(2)).toEqual(make(2));
  expect(make(3)).not.toEqual(make(2));
});

test('the strokes of mouse1 spread more and more', () => {
  const strokes = drawingDemonstrations('mouse1', { count: 90, seed: 5 }).filter(({ branch }) => branch === 1);
  const spread = (share: number) => {
    const at = strokes.map(({ positions }) => pointsAt(positions, [share * drawingLength]));
    const [x, y] = [0, 1].map((axis) => at.reduce((sum, point) => sum + point[axis], 0) / at.length);
    return Math.sqrt(at.reduce((sum, point) => sum + (point[0] - x) ** 2 + (point[1] - y) ** 2, 0) / at.length);
  };
  expect(spread(0.9)).toBeGreaterThan(3 * spread(0.3));
});

test.each(drawingNames)('the expert redraws %s for nothing; standing still is dear', (name) => {
  const env = new DrawingEnv(name);
  for (let branch = 0; branch < branchCounts[name]; branch++) {
    env.reset();
    const actions = drawingActions(name, branch);
    let total = 0;
    let end = env.reset().observation;
    for (let t = 0; t < drawingSteps; t++) {
      const step = env.step(actions.subarray(2 * t, 2 * t + 2));
      total += step.reward;
      end = step.observation;
    }
    expect(total).toBeGreaterThan(-1e-3);
    const [x, y] = last(drawingReferences(name)[branch]);
    expect(Math.hypot(end[0] - x, end[1] - y)).toBeLessThan(1e-5);
  }
  env.reset();
  let idle = 0;
  for (let t = 0; t < drawingSteps; t++) idle += env.step(new Float32Array(2)).reward;
  expect(idle).toBeLessThan(-50);
});

test('the reward is minus the distance to the reference at the same time', () => {
  const env = new DrawingEnv('circle');
  env.reset({ options: { start: [0, 1] } });
  // From the centre the circle is a radius away at all times.
  for (let t = 0; t < 90; t++) expect(env.step(new Float32Array(2)).reward).toBeCloseTo(-1, 3);
  env.reset();
  expect([...env.step(Float32Array.of(3, -3)).observation]).toEqual([0.4, -0.4]);
});

test('a restored state goes on bit by bit, with its picture', () => {
  const env = new DrawingEnv('mouse1');
  env.reset();
  const actions = drawingActions('mouse1', 2);
  for (let t = 0; t < 30; t++) env.step(actions.subarray(2 * t, 2 * t + 2));
  const saved = JSON.parse(JSON.stringify(env.saveState()));
  const other = new DrawingEnv('mouse1');
  other.restoreState(saved);
  expect(other.render({ width: 40, height: 40 })).toEqual(env.render({ width: 40, height: 40 }));
  const goOn = (each: DrawingEnv) => Array.from({ length: 60 }, () => each.step(Float32Array.of(0.05, -0.1)));
  expect(goOn(other)).toEqual(goOn(env));
});

test('the picture has the size asked for and shows the path', () => {
  const env = new DrawingEnv('mouse2');
  env.reset();
  const start = env.render({ width: 70, height: 60 });
  expect([start.width, start.height, start.data.length]).toEqual([70, 60, 12_600]);
  const actions = drawingActions('mouse2');
  for (let t = 0; t < 40; t++) env.step(actions.subarray(2 * t, 2 * t + 2));
  expect(env.render({ width: 70, height: 60 }).data).not.toEqual(start.data);
});

test('wrong inputs are refused', () => {
  expect(() => drawingReferences('mouse3' as DrawingName)).toThrow('there is no drawing "mouse3"; did you mean');
  expect(() => new DrawingEnv('square' as DrawingName)).toThrow('there are path1, circle, mouse1, mouse2');
  expect(() => drawingActions('mouse1', 3)).toThrow('mouse1 has no branch 3, expected a whole number below 3');
  expect(() => drawingDemonstrations('circle', { count: 0, seed: 1 })).toThrow('count is 0, expected a positive');
  expect(() => drawingDemonstrations('circle', { noise: -1, seed: 1 })).toThrow('noise is -1, expected a number');
  const env = new DrawingEnv('path1');
  expect(env.id).toBe('DrawingPath1-v0');
  expect(() => env.step(new Float32Array(2))).toThrow('DrawingPath1-v0 was stepped before its first reset');
  expect(() => env.reset({ options: { start: [0] } })).toThrow('start of DrawingPath1-v0 is 0, expected two finite');
  expect(() => env.reset({ seed: -1 })).toThrow('the seed of DrawingPath1-v0 is -1, expected a whole number from 0');
  env.reset();
  for (const action of [[1], [0, Number.NaN]]) {
    expect(() => env.step(Float32Array.from(action))).toThrow('an action of DrawingPath1-v0 is two finite numbers');
  }
  env.close();
  for (const call of [() => env.reset(), () => env.step(new Float32Array(2)), () => env.render()]) {
    expect(call).toThrow('DrawingPath1-v0 is closed; make a new one');
  }
});

test.each(['DrawingPath1-v0', 'DrawingCircle-v0', 'DrawingMouse1-v0', 'DrawingMouse2-v0'])(
  '%s keeps the contract',
  async (id) => {
    expect(checkEnv(await make(id))).toEqual([]);
  },
);
