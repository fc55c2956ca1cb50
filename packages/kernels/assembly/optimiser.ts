// Element-wise kernels over flat float32 vectors of any length, and the sum of squares.

import { madd, storeLanes } from './vector';

/** The last two of four lanes in double precision. */
@inline
function promoteHigh(sum: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(sum, sum, 1, 0));
}

/** In double precision beyond runs of 256 elements; sixteen sums side by side, added up at the end. */
export function sumOfSquares(vector: usize, length: i32): f64 {
  const end = vector + (<usize>length << 2);
  const vectorEnd = vector + (<usize>(length & ~15) << 2);
  let t0 = f64x2.splat(0), t1 = t0, t2 = t0, t3 = t0, t4 = t0, t5 = t0, t6 = t0, t7 = t0;
  while (vector < vectorEnd) {
    const runEnd = min(vector + 1024, vectorEnd);
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (; vector < runEnd; vector += 64) {
      const p = v128.load(vector), q = v128.load(vector, 16), r = v128.load(vector, 32), s = v128.load(vector, 48);
      a = madd(p, p, a);
      b = madd(q, q, b);
      c = madd(r, r, c);
      d = madd(s, s, d);
    }
    t0 = f64x2.add(t0, f64x2.promote_low_f32x4(a));
    t1 = f64x2.add(t1, promoteHigh(a));
    t2 = f64x2.add(t2, f64x2.promote_low_f32x4(b));
    t3 = f64x2.add(t3, promoteHigh(b));
    t4 = f64x2.add(t4, f64x2.promote_low_f32x4(c));
    t5 = f64x2.add(t5, promoteHigh(c));
    t6 = f64x2.add(t6, f64x2.promote_low_f32x4(d));
    t7 = f64x2.add(t7, promoteHigh(d));
  }
  let total = addPair(addPair(addPair(addPair(0, t0), t1), t2), t3);
  total = addPair(addPair(addPair(addPair(total, t4), t5), t6), t7);
  for (; vector < end; vector += 4) {
    const x = <f64>load<f32>(vector);
    total += x * x;
  }
  return total;
}

@inline
function addPair(total: f64, pair: v128): f64 {
  return total + f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/**
 * One Adam step. `gradientScale` clips, `decay` is 1 - learning rate * weight decay, `stepSize` the learning rate over
 * the first moment's bias correction, `rootCorrection` the inverse root of the second's.
 */
export function adam(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
  length: i32,
  gradientScale: f32,
  decay: f32,
  stepSize: f32,
  rootCorrection: f32,
  complement1: f32,
  beta2: f32,
  complement2: f32,
  epsilon: f32,
): void {
  const scale4 = f32x4.splat(gradientScale);
  const decay4 = f32x4.splat(decay);
  const step4 = f32x4.splat(stepSize);
  const root4 = f32x4.splat(rootCorrection);
  const complement14 = f32x4.splat(complement1);
  const beta24 = f32x4.splat(beta2);
  const complement24 = f32x4.splat(complement2);
  const epsilon4 = f32x4.splat(epsilon);
  for (let left = length, at: usize = 0; left > 0; left -= 4, at += 16) {
    const g = f32x4.mul(v128.load(gradients + at), scale4);
    let m = v128.load(firstMoment + at);
    m = madd(f32x4.sub(g, m), complement14, m);
    storeLanes(firstMoment + at, m, left);
    const v = madd(f32x4.mul(g, g), complement24, f32x4.mul(v128.load(secondMoment + at), beta24));
    storeLanes(secondMoment + at, v, left);
    const denominator = madd(f32x4.sqrt(v), root4, epsilon4);
    const p = f32x4.mul(v128.load(parameters + at), decay4);
    storeLanes(parameters + at, f32x4.sub(p, f32x4.div(f32x4.mul(m, step4), denominator)), left);
  }
}

/** target += rate * (source - target) */
export function polyak(target: usize, source: usize, length: i32, rate: f32): void {
  const rate4 = f32x4.splat(rate);
  for (; length > 0; length -= 4, target += 16, source += 16) {
    const t = v128.load(target);
    storeLanes(target, madd(rate4, f32x4.sub(v128.load(source), t), t), length);
  }
}

/** vector *= factor */
export function scale(vector: usize, length: i32, factor: f32): void {
  const factor4 = f32x4.splat(factor);
  const end = vector + (<usize>length << 2);
  const vectorEnd = vector + (<usize>(length & ~3) << 2);
  for (; vector < vectorEnd; vector += 16) v128.store(vector, f32x4.mul(v128.load(vector), factor4));
  for (; vector < end; vector += 4) store<f32>(vector, load<f32>(vector) * factor);
}

/** vector = value */
export function fill(vector: usize, length: i32, value: f32): void {
  const value4 = f32x4.splat(value);
  const end = vector + (<usize>length << 2);
  const vectorEnd = vector + (<usize>(length & ~3) << 2);
  for (; vector < vectorEnd; vector += 16) v128.store(vector, value4);
  for (; vector < end; vector += 4) store<f32>(vector, value);
}
