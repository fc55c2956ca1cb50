// Activations and their derivatives over contiguous runs of float32, `bytes` a multiple of 32.

import { exp4, expm1Negative4, madd, tanh4 } from './vector';

export const IDENTITY: i32 = 0;
export const TANH: i32 = 1;
export const RELU: i32 = 2;
export const LEAKY_RELU: i32 = 3;
export const ELU: i32 = 4;
export const SILU: i32 = 5;

const LEAK: f32 = 0.01;

/**
 * Replaces pre-activations by activations in place. SiLU's derivative is not a function of its value, so it is left at
 * `slopes`; the other activations ignore that.
 */
export function activate(kind: i32, values: usize, slopes: usize, bytes: usize): void {
  const end = values + bytes;
  if (kind == TANH) {
    for (; values < end; values += 32) {
      const a = tanh4(v128.load(values));
      const b = tanh4(v128.load(values, 16));
      v128.store(values, a);
      v128.store(values, b, 16);
    }
  } else if (kind == RELU) {
    const zero = f32x4.splat(0);
    for (; values < end; values += 32) {
      v128.store(values, f32x4.pmax(v128.load(values), zero));
      v128.store(values, f32x4.pmax(v128.load(values, 16), zero), 16);
    }
  } else if (kind == LEAKY_RELU) {
    for (; values < end; values += 16) {
      const z = v128.load(values);
      v128.store(values, f32x4.pmax(z, f32x4.mul(z, f32x4.splat(LEAK))));
    }
  } else if (kind == ELU) {
    for (; values < end; values += 16) {
      const z = v128.load(values);
      const positive = f32x4.gt(z, f32x4.splat(0));
      v128.store(values, v128.bitselect(z, expm1Negative4(z), positive));
    }
  } else if (kind == SILU) {
    for (; values < end; values += 16, slopes += 16) {
      // Beyond these bounds the sigmoid is 0 or 1 in float32, and a larger factor would only break the product.
      const z = f32x4.pmax(v128.load(values), f32x4.splat(-88));
      const bounded = f32x4.pmin(z, f32x4.splat(88));
      const one = f32x4.splat(1);
      const sigmoid = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(bounded))));
      v128.store(values, f32x4.mul(z, sigmoid));
      v128.store(slopes, f32x4.mul(sigmoid, madd(bounded, f32x4.sub(one, sigmoid), one)));
    }
  }
}

/** Multiplies `deltas` in place by the derivative of the activation whose values are at `values`. */
export function multiplySlope(kind: i32, deltas: usize, values: usize, slopes: usize, bytes: usize): void {
  const end = deltas + bytes;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (kind == TANH) {
    for (; deltas < end; deltas += 16, values += 16) {
      const a = v128.load(values);
      v128.store(deltas, f32x4.mul(v128.load(deltas), f32x4.sub(one, f32x4.mul(a, a))));
    }
  } else if (kind == RELU) {
    for (; deltas < end; deltas += 16, values += 16) {
      const open = v128.not(f32x4.le(v128.load(values), zero));
      v128.store(deltas, v128.and(v128.load(deltas), open));
    }
  } else if (kind == LEAKY_RELU) {
    for (; deltas < end; deltas += 16, values += 16) {
      const delta = v128.load(deltas);
      const leaked = f32x4.mul(delta, f32x4.splat(LEAK));
      v128.store(deltas, v128.bitselect(leaked, delta, f32x4.le(v128.load(values), zero)));
    }
  } else if (kind == ELU) {
    for (; deltas < end; deltas += 16, values += 16) {
      const slope = f32x4.add(f32x4.pmin(v128.load(values), zero), one);
      v128.store(deltas, f32x4.mul(v128.load(deltas), slope));
    }
  } else if (kind == SILU) {
    for (; deltas < end; deltas += 16, slopes += 16) {
      v128.store(deltas, f32x4.mul(v128.load(deltas), v128.load(slopes)));
    }
  }
}

/** Whether an activation has a second derivative other than 0. */
@inline
export function bends(kind: i32): bool {
  return kind == TANH || kind == ELU || kind == SILU;
}

/**
 * The reverse of a tangent pass through a bending activation, a = phi(z) and its tangent t = phi'(z) s: turns the
 * adjoints of t at `first` into those of s, `first * phi'`, and those of a at `second` into those of z,
 * `second * phi' + first * phi'' s`.
 *
 * @param tangents - The t.
 * @param sums - The z; only SiLU needs them, as it does `slopes` and `sumTangents`, the s.
 */
export function bend(
  kind: i32,
  first: usize,
  second: usize,
  values: usize,
  tangents: usize,
  slopes: usize,
  sums: usize,
  sumTangents: usize,
  bytes: usize,
): void {
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = v128.load(first + at);
    let slope: v128, curve: v128;
    if (kind == SILU) {
      const z = f32x4.pmin(f32x4.pmax(v128.load(sums + at), f32x4.splat(-88)), f32x4.splat(88));
      const sigmoid = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(z))));
      const rest = f32x4.sub(one, sigmoid);
      const factor = madd(z, f32x4.sub(rest, sigmoid), two);
      slope = v128.load(slopes + at);
      curve = f32x4.mul(f32x4.mul(f32x4.mul(sigmoid, rest), factor), v128.load(sumTangents + at));
    } else {
      const a = v128.load(values + at);
      const t = v128.load(tangents + at);
      if (kind == TANH) {
        slope = f32x4.sub(one, f32x4.mul(a, a));
        curve = f32x4.mul(f32x4.mul(a, t), f32x4.splat(-2));
      } else {
        const zero = f32x4.splat(0);
        slope = f32x4.add(f32x4.pmin(a, zero), one);
        curve = v128.bitselect(t, zero, f32x4.le(a, zero));
      }
    }
    v128.store(first + at, f32x4.mul(p, slope));
    v128.store(second + at, madd(p, curve, f32x4.mul(v128.load(second + at), slope)));
  }
}
