// Element-wise kernels over flat float32 vectors of any length.

/** The sum of squares, in double precision beyond runs of 64 elements. */
export function sumOfSquares(vector: usize, length: i32): f64 {
  let total: f64 = 0;
  const end = vector + (<usize>length << 2);
  const vectorEnd = vector + (<usize>(length & ~15) << 2);
  while (vector < vectorEnd) {
    const runEnd = min(vector + 256, vectorEnd);
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (; vector < runEnd; vector += 64) {
      const p = v128.load(vector), q = v128.load(vector, 16), r = v128.load(vector, 32), s = v128.load(vector, 48);
      a = f32x4.add(a, f32x4.mul(p, p));
      b = f32x4.add(b, f32x4.mul(q, q));
      c = f32x4.add(c, f32x4.mul(r, r));
      d = f32x4.add(d, f32x4.mul(s, s));
    }
    const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    const low = f64x2.promote_low_f32x4(sum);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f64>(sum, sum, 1, 0));
    const pair = f64x2.add(low, high);
    total += f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  }
  for (; vector < end; vector += 4) {
    const x = <f64>load<f32>(vector);
    total += x * x;
  }
  return total;
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
  const end = <usize>length << 2;
  const vectorEnd = <usize>(length & ~3) << 2;
  let at: usize = 0;
  for (; at < vectorEnd; at += 16) {
    const g = f32x4.mul(v128.load(gradients + at), scale4);
    let m = v128.load(firstMoment + at);
    m = f32x4.add(m, f32x4.mul(f32x4.sub(g, m), complement14));
    v128.store(firstMoment + at, m);
    const v = f32x4.add(
      f32x4.mul(v128.load(secondMoment + at), beta24),
      f32x4.mul(f32x4.mul(g, g), complement24),
    );
    v128.store(secondMoment + at, v);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), root4), epsilon4);
    const p = f32x4.mul(v128.load(parameters + at), decay4);
    v128.store(parameters + at, f32x4.sub(p, f32x4.div(f32x4.mul(m, step4), denominator)));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradients + at) * gradientScale;
    let m = load<f32>(firstMoment + at);
    m += (g - m) * complement1;
    store<f32>(firstMoment + at, m);
    const v = load<f32>(secondMoment + at) * beta2 + g * g * complement2;
    store<f32>(secondMoment + at, v);
    const denominator = sqrt<f32>(v) * rootCorrection + epsilon;
    store<f32>(parameters + at, load<f32>(parameters + at) * decay - (m * stepSize) / denominator);
  }
}

/** target += rate * (source - target) */
export function polyak(target: usize, source: usize, length: i32, rate: f32): void {
  const rate4 = f32x4.splat(rate);
  const end = target + (<usize>length << 2);
  const vectorEnd = target + (<usize>(length & ~3) << 2);
  for (; target < vectorEnd; target += 16, source += 16) {
    const t = v128.load(target);
    v128.store(target, f32x4.add(t, f32x4.mul(rate4, f32x4.sub(v128.load(source), t))));
  }
  for (; target < end; target += 4, source += 4) {
    const t = load<f32>(target);
    store<f32>(target, t + rate * (load<f32>(source) - t));
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
