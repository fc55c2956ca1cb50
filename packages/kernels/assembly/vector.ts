// Four-lane float32 arithmetic: multiply-add, hyperbolic tangent, exponential.

/**
 * a * b + c. The source is compiled twice: to kernels.wasm, where this rounds twice, and to kernels-fused.wasm, where it
 * rounds once by relaxed SIMD's multiply-add, if the processor has one (see `roundsOnce`).
 */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Whether `madd` rounds once here: (1 + 2^-12)^2 - 1 - 2^-11 is 2^-24, which rounding the product would lose. */
export function roundsOnce(): bool {
  const x = f32x4.splat(1.000244140625);
  return f32x4.extract_lane(madd(x, x, f32x4.splat(-1.00048828125)), 0) != 0;
}

/** The first `count` lanes at `from`, of at least 1, and zeros; memory has room for whole vectors everywhere. */
@inline
export function loadLanes(from: usize, count: i32): v128 {
  return v128.and(v128.load(from), i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3)));
}

/** Writes the first `count` lanes, all when there are more. */
@inline
export function storeLanes(target: usize, lanes: v128, count: i32): void {
  if (count >= 4) {
    v128.store(target, lanes);
    return;
  }
  store<f32>(target, f32x4.extract_lane(lanes, 0));
  if (count > 1) store<f32>(target, f32x4.extract_lane(lanes, 1), 4);
  if (count > 2) store<f32>(target, f32x4.extract_lane(lanes, 2), 8);
}

/** Between `low` and `high`; NaN stays NaN, which the argument order of pmin and pmax sees to. */
@inline
export function clamp(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high));
}

/**
 * tanh(x) = x P(x^2) / Q(x^2) with P of degree 5 and Q of degree 3, a minimax fit of the relative error on |x| <= 7.8,
 * scaled so that float32 rounding never lifts the result above 1. Absolute and relative error below 4e-7.
 */
@inline
export function tanh4(value: v128): v128 {
  const x = clamp(value, -7.8, 7.8);
  const t = f32x4.mul(x, x);
  const t2 = f32x4.mul(t, t);
  const p45 = madd(f32x4.splat(3.70742237e-11), t, f32x4.splat(-2.26652606e-8));
  const p23 = madd(f32x4.splat(1.49994927e-5), t, f32x4.splat(4.49743934e-3));
  const p01 = madd(f32x4.splat(1.94858263e-1), t, f32x4.splat(1.49999998));
  const q23 = madd(f32x4.splat(3.58450134e-4), t, f32x4.splat(3.61171111e-2));
  const q01 = madd(f32x4.splat(6.94858058e-1), t, f32x4.splat(1.5));
  const p = madd(madd(p45, t2, p23), t2, p01);
  const q = madd(q23, t2, q01);
  const quotient = f32x4.div(f32x4.mul(x, p), q);
  // Fused, the fit may end a rounding above 1.
  return ASC_FEATURE_RELAXED_SIMD ? clamp(quotient, -1, 1) : quotient;
}

/** 1 / ln 2. */
const INVERSE_LN2: f32 = 1.44269504088896341;
/** ln 2 in two parts, the first exact in few bits (Cody and Waite). */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** exp(r) - 1 on |r| <= ln(2) / 2: r + r^2 (1/2 + r/6 + ...), minimax. */
@inline
function expm1Reduced(r: v128): v128 {
  let p = madd(f32x4.splat(1.98412698e-4), r, f32x4.splat(1.38888889e-3));
  p = madd(p, r, f32x4.splat(8.33333333e-3));
  p = madd(p, r, f32x4.splat(4.16666667e-2));
  p = madd(p, r, f32x4.splat(1.66666667e-1));
  p = madd(p, r, f32x4.splat(0.5));
  return madd(f32x4.mul(r, r), p, r);
}

/** 2^n for whole numbers n within [-126, 127]. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** exp(x); x beyond [-87, 88] is taken for the nearer bound, so the result is finite and not denormal. */
@inline
export function exp4(value: v128): v128 {
  const x = clamp(value, -87, 88);
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(INVERSE_LN2)));
  const r = madd(n, f32x4.splat(-LN2_LOW), madd(n, f32x4.splat(-LN2_HIGH), x));
  const scale = powerOfTwo(n);
  return madd(scale, expm1Reduced(r), scale);
}

/** exp(x) - 1 without cancellation near 0, for x <= 0. */
@inline
export function expm1Negative4(value: v128): v128 {
  const x = clamp(value, -87, 0);
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(INVERSE_LN2)));
  const r = madd(n, f32x4.splat(-LN2_LOW), madd(n, f32x4.splat(-LN2_HIGH), x));
  const scale = powerOfTwo(n);
  return madd(scale, expm1Reduced(r), f32x4.sub(scale, f32x4.splat(1)));
}
