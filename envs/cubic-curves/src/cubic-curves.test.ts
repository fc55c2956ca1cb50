import { checkEnv, make } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import {
  CubicCurvesEnv,
  cubicAt,
  cubicDemonstrations,
  cubicIncrement,
  drawCubic,
  evaluateCubics,
  fitCubic,
  oneStepResidual,
  pointCount,
  pointX,
} from './index.ts';

const fourPointRule = ([y0, y1, y2, y3]: ArrayLike<number> & Iterable<number>) => cubicIncrement(y0, y1, y2, y3);

/** Draws a cubic in the environment; what each step returned. */
function drawn(env: CubicCurvesEnv, seed: number) {
  const { observation } = env.reset({ seed });
  const cubic = drawCubic(defaultRng(seed), observation[1]);
  const steps = Array.from({ length: pointCount - 1 }, (_, t) =>
    env.step(Float32Array.of(cubicAt(cubic, pointX(t + 1)) - cubicAt(cubic, pointX(t)))),
  );
  return { cubic, steps };
}

test('demonstrations are cubics that bend, inside the square', () => {
  const { curves, coefficients } = cubicDemonstrations({ count: 500, seed: 1 });
  expect([curves.length, coefficients.length]).toEqual([500 * 21, 2000]);
  const signs = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const [a, b, c, d] = coefficients.subarray(4 * i, 4 * i + 4);
    signs.add(Math.sign(a));
    expect(Math.abs(a)).toBeGreaterThanOrEqual(1);
    // Between the points too.
    const between = Array.from({ length: 257 }, (_, k) => cubicAt([a, b, c, d], k / 128 - 1));
    expect(Math.max(...between.map(Math.abs))).toBeLessThan(1);
    for (let k = 0; k < 21; k++) {
      const x = -1 + k / 10;
      if (Math.abs(curves[21 * i + k] - (a * x ** 3 + b * x ** 2 + c * x + d)) > 1e-12)
        expect.fail(`point ${k} of ${i}`);
    }
  }
  expect(signs.size).toBe(2);
});

test('the same seed gives the same demonstrations, another seed others', () => {
  const first = cubicDemonstrations({ seed: 4 });
  expect(first.curves.length).toBe(10 * 21);
  expect(cubicDemonstrations({ seed: 4 })).toEqual(first);
  expect(cubicDemonstrations({ seed: 5 }).curves).not.toEqual(first.curves);
});

test('four points tell the next one exactly; fewer do not', () => {
  const { curves } = cubicDemonstrations({ count: 300, seed: 2 });
  expect(oneStepResidual(fourPointRule, curves, 4)).toBeLessThan(1e-28);
  // The best a polynomial of lower order can do: repeat the last step, or go on with the second difference.
  const three = oneStepResidual(([y0, y1, y2]) => 2 * y0 - 3 * y1 + y2, curves, 3);
  const two = oneStepResidual(([y0, y1]) => y0 - y1, curves, 2);
  const one = oneStepResidual(() => 0, curves, 1);
  expect(three).toBeGreaterThan(1e-5);
  expect(two).toBeGreaterThan(5 * three);
  expect(one).toBeGreaterThan(5 * two);
  // The size of a step in the specification, rms 0.113.
  expect(Math.abs(Math.sqrt(one) - 0.113)).toBeLessThan(0.01);
});

test('the order of the context matters', () => {
  const { curves } = cubicDemonstrations({ count: 50, seed: 3 });
  expect(oneStepResidual(([y0, y1, y2, y3]) => cubicIncrement(y3, y2, y1, y0), curves, 4)).toBeGreaterThan(1e-3);
});

test('the fit recovers the coefficients of cubics', () => {
  const { curves, coefficients } = cubicDemonstrations({ count: 20, seed: 6 });
  for (let i = 0; i < 20; i++) {
    const fit = fitCubic(curves.subarray(21 * i, 21 * i + 21));
    for (let k = 0; k < 4; k++) expect(fit.coefficients[k]).toBeCloseTo(coefficients[4 * i + k], 10);
    expect(fit.squaredResidual).toBeLessThan(1e-24);
  }
});

test('what the fit leaves is orthogonal to all cubics, as least squares demand, and is what the residuals measure', () => {
  const ys = new Float64Array(21);
  defaultRng(7).fillStandardNormal(ys);
  const fit = fitCubic(ys);
  const errors = ys.map((y, i) => y - cubicAt(fit.coefficients, pointX(i)));
  for (let power = 0; power < 4; power++) {
    expect(errors.reduce((sum, error, i) => sum + error * pointX(i) ** power, 0)).toBeCloseTo(0, 10);
  }
  expect(fit.squaredResidual).toBeCloseTo(errors.reduce((sum, error) => sum + error * error, 0) / 21, 12);
  expect(fit.absoluteResidual).toBeCloseTo(errors.reduce((sum, error) => sum + Math.abs(error), 0) / 21, 12);
});

test('curves are accepted from a third-order coefficient of 0.5, and only those count for the residual', () => {
  const row = (a: number, bump: number) =>
    Array.from({ length: 21 }, (_, i) => a * pointX(i) ** 3 + (i % 2 === 0 ? bump : -bump));
  expect(fitCubic(row(0.51, 0)).accepted).toBe(true);
  expect(fitCubic(row(-0.51, 0)).accepted).toBe(true);
  expect(fitCubic(row(0.49, 0)).accepted).toBe(false);
  const curves = Float64Array.from([row(0.8, 0.1), row(0.8, 0), row(0, 5), row(0.1, 3)].flat());
  const squared = evaluateCubics(curves);
  expect(squared).toMatchObject({ count: 4, acceptanceRate: 0.5 });
  expect(squared.residual).toBeCloseTo(fitCubic(row(0.8, 0.1)).squaredResidual / 2, 12);
  const absolute = evaluateCubics(curves, { residual: 'absolute' });
  expect(absolute.residual).toBeCloseTo(fitCubic(row(0.8, 0.1)).absoluteResidual / 2, 12);
  expect(evaluateCubics(Float64Array.from(row(0, 0)))).toEqual({ count: 1, acceptanceRate: 0, residual: null });
});

test('a demonstration redrawn in the environment scores 1 and is accepted', () => {
  const env = new CubicCurvesEnv();
  for (let seed = 0; seed < 20; seed++) {
    const { cubic, steps } = drawn(env, seed);
    expect(steps.map(({ terminated }) => terminated)).toEqual([...Array(19).fill(false), true]);
    expect(steps.reduce((sum, { reward }) => sum + reward, 0)).toBeCloseTo(1, 6);
    const { observation, info } = steps[19];
    expect(observation[0]).toBe(1);
    expect(observation[1]).toBeCloseTo(cubicAt(cubic, 1), 5);
    expect(info.accepted).toBe(true);
    expect(info.cubic_coefficient).toBeCloseTo(cubic[0], 4);
    expect(info.residual).toBeLessThan(1e-10);
  }
});

test('straight lines and random walks score what they deserve', () => {
  const env = new CubicCurvesEnv();
  env.reset({ options: { startY: 0.25 } });
  let total = 0;
  for (let t = 0; t < 20; t++) total += env.step(Float32Array.of(0)).reward;
  expect(total).toBe(0);
  env.reset({ options: { startY: 0 } });
  const rewards = [0.5, -0.5, 0.5, -0.5, 0.5].map((step) => env.step(Float32Array.of(step)).reward);
  // Points 0, 1/2, 0, 1/2, 0: the fourth difference is -4, half of it twice.
  expect(rewards).toEqual([0, 0, 0, -16, -16]);
});

test('the observation is x and y; actions are clipped', () => {
  const env = new CubicCurvesEnv();
  expect([...env.reset({ options: { startY: 0.5 } }).observation]).toEqual([-1, 0.5]);
  expect([...env.step(Float32Array.of(-7)).observation]).toEqual([-0.9, -0.5]);
  const starts = Array.from({ length: 200 }, () => env.reset().observation[1]);
  expect(Math.min(...starts)).toBeLessThan(-0.95);
  expect(Math.max(...starts)).toBeGreaterThan(0.95);
});

test('a restored state goes on bit by bit', () => {
  const env = new CubicCurvesEnv();
  env.reset({ seed: 5 });
  for (let i = 0; i < 6; i++) env.step(Float32Array.of(0.1 * i));
  const saved = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = (each: CubicCurvesEnv) => [
    ...Array.from({ length: 14 }, (_, i) => each.step(Float32Array.of(0.02 * i))),
    each.reset(),
  ];
  const other = new CubicCurvesEnv();
  other.restoreState(saved);
  expect(other.render({ width: 40, height: 40 })).toEqual(env.render({ width: 40, height: 40 }));
  expect(goOn(other)).toEqual(goOn(env));
});

test('the picture grows with the curve', () => {
  const env = new CubicCurvesEnv();
  env.reset({ seed: 1 });
  const start = env.render({ width: 64, height: 48 });
  expect([start.width, start.height, start.data.length]).toEqual([64, 48, 9216]);
  drawn(env, 1);
  expect(env.render({ width: 64, height: 48 }).data).not.toEqual(start.data);
});

test('wrong inputs are refused', () => {
  const env = new CubicCurvesEnv();
  expect(() => env.step(new Float32Array(1))).toThrow('CubicCurves-v0 was stepped before its first reset');
  for (const startY of [1, Number.NaN, '0']) {
    expect(() => env.reset({ options: { startY } })).toThrow(`startY of CubicCurves-v0 is ${startY}`);
  }
  env.reset();
  for (const action of [[], [0, 0], [Number.NaN]]) {
    expect(() => env.step(Float32Array.from(action))).toThrow('an action of CubicCurves-v0 is one finite number');
  }
  drawn(env, 0);
  expect(() => env.step(new Float32Array(1))).toThrow('CubicCurves-v0 was stepped after its last point');
  env.close();
  expect(() => env.reset()).toThrow('CubicCurves-v0 is closed; make a new one');
  expect(() => cubicDemonstrations({ count: 0, seed: 0 })).toThrow('count is 0, expected a positive whole number');
  expect(() => drawCubic(defaultRng(0), 1)).toThrow('startY is 1, expected a number between -1 and 1');
  expect(() => evaluateCubics(new Float64Array(20))).toThrow('the curves are 20 numbers, expected 21 for each curve');
  expect(() => evaluateCubics(new Float64Array(42).fill(Number.NaN, 30))).toThrow('point 9 of curve 1 is NaN');
  expect(() => fitCubic(new Float64Array(42))).toThrow('a curve has 21 points, got 42');
  expect(() => oneStepResidual(() => 0, new Float64Array(21), 21)).toThrow(
    'the context is 21, expected a whole number',
  );
});

test('CubicCurves-v0 keeps the contract of environments', async () => {
  expect(checkEnv(await make('CubicCurves-v0'))).toEqual([]);
});
