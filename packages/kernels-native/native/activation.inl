// Activations and their derivatives over runs of panel rows, eight floats each. Same approximations as the WebAssembly
// kernels' (assembly/vector.ts), where the errors are stated.

enum { IDENTITY, TANH, RELU, LEAKY_RELU, ELU, SILU };

INLINE F8 constant(float x) { return splat<F8>(x); }

INLINE F8 clamp(F8 x, float low, float high) { return at_most(at_least(x, constant(low)), constant(high)); }

/** x P(x^2) / Q(x^2), a minimax fit on |x| <= 7.8. */
INLINE F8 tanh8(F8 value) {
  F8 x = clamp(value, -7.8f, 7.8f);
  F8 t = mul(x, x);
  F8 t2 = mul(t, t);
  F8 p45 = fma(constant(3.70742237e-11f), t, constant(-2.26652606e-8f));
  F8 p23 = fma(constant(1.49994927e-5f), t, constant(4.49743934e-3f));
  F8 p01 = fma(constant(1.94858263e-1f), t, constant(1.49999998f));
  F8 q23 = fma(constant(3.58450134e-4f), t, constant(3.61171111e-2f));
  F8 q01 = fma(constant(6.94858058e-1f), t, constant(1.5f));
  F8 p = fma(fma(p45, t2, p23), t2, p01);
  F8 q = fma(q23, t2, q01);
  // Fused, the fit may end a rounding above 1.
  return clamp(div(mul(x, p), q), -1.0f, 1.0f);
}

/** exp(r) - 1 on |r| <= ln(2) / 2. */
INLINE F8 expm1_reduced(F8 r) {
  F8 p = fma(constant(1.98412698e-4f), r, constant(1.38888889e-3f));
  p = fma(p, r, constant(8.33333333e-3f));
  p = fma(p, r, constant(4.16666667e-2f));
  p = fma(p, r, constant(1.66666667e-1f));
  p = fma(p, r, constant(0.5f));
  return fma(mul(r, r), p, r);
}

/** Splits x into n ln 2 + r and returns r; Cody and Waite's two parts of ln 2. */
INLINE F8 reduce(F8 x, F8* scale) {
  F8 n = nearest(mul(x, constant(1.44269504f)));
  *scale = power_of_two(n);
  return fma(n, constant(2.12194440e-4f), fma(n, constant(-0.693359375f), x));
}

INLINE F8 exp8(F8 value) {
  F8 scale;
  F8 r = reduce(clamp(value, -87.0f, 88.0f), &scale);
  return fma(scale, expm1_reduced(r), scale);
}

/** exp(x) - 1 without cancellation near 0, for x <= 0. */
INLINE F8 expm1_negative8(F8 value) {
  F8 scale;
  F8 r = reduce(clamp(value, -87.0f, 0.0f), &scale);
  return fma(scale, expm1_reduced(r), sub(scale, constant(1.0f)));
}

/** Replaces pre-activations in place; SiLU leaves its derivative at `slopes`. @param count - Floats, a multiple of 8. */
static void activate(int kind, float* values, float* slopes, int count) {
  float* end = values + count;
  if (kind == TANH) {
    for (; values < end; values += 8) store(values, tanh8(load8(values)));
  } else if (kind == RELU) {
    for (; values < end; values += 8) store(values, at_least(load8(values), constant(0)));
  } else if (kind == LEAKY_RELU) {
    for (; values < end; values += 8) {
      F8 z = load8(values);
      store(values, at_least(z, mul(z, constant(0.01f))));
    }
  } else if (kind == ELU) {
    for (; values < end; values += 8) {
      F8 z = load8(values);
      store(values, where_not_positive(z, expm1_negative8(z), z));
    }
  } else if (kind == SILU) {
    for (; values < end; values += 8, slopes += 8) {
      F8 z = at_least(load8(values), constant(-88));
      F8 bounded = at_most(z, constant(88));
      F8 one = constant(1);
      F8 sigmoid = div(one, add(one, exp8(sub(constant(0), bounded))));
      store(values, mul(z, sigmoid));
      store(slopes, mul(sigmoid, fma(bounded, sub(one, sigmoid), one)));
    }
  }
}

/** Multiplies `deltas` in place by the derivative of the activation whose values are at `values`. */
static void multiply_slope(int kind, float* deltas, const float* values, const float* slopes, int count) {
  float* end = deltas + count;
  F8 one = constant(1);
  for (; deltas < end; deltas += 8, values += 8, slopes += 8) {
    F8 delta = load8(deltas);
    if (kind == TANH) {
      F8 a = load8(values);
      store(deltas, mul(delta, sub(one, mul(a, a))));
    } else if (kind == RELU) {
      store(deltas, where_not_positive(load8(values), constant(0), delta));
    } else if (kind == LEAKY_RELU) {
      store(deltas, where_not_positive(load8(values), mul(delta, constant(0.01f)), delta));
    } else if (kind == ELU) {
      store(deltas, mul(delta, add(at_most(load8(values), constant(0)), one)));
    } else if (kind == SILU) {
      store(deltas, mul(delta, load8(slopes)));
    }
  }
}

/** Whether an activation has a second derivative other than 0. */
INLINE bool bends(int kind) { return kind == TANH || kind == ELU || kind == SILU; }

/**
 * The reverse of a tangent pass through a bending activation, a = phi(z) and its tangent t = phi'(z) s: turns the
 * adjoints of t at `first` into those of s, `first phi'`, and those of a at `second` into those of z,
 * `second phi' + first phi'' s`. Only SiLU needs `slopes`, `sums` (z) and `sum_tangents` (s).
 */
static void bend(int kind, float* first, float* second, const float* values, const float* tangents, const float* slopes,
                 const float* sums, const float* sum_tangents, int count) {
  F8 one = constant(1), zero = constant(0);
  for (int i = 0; i < count; i += 8) {
    F8 p = load8(first + i);
    F8 slope, curve;
    if (kind == SILU) {
      F8 z = clamp(load8(sums + i), -88, 88);
      F8 sigmoid = div(one, add(one, exp8(sub(zero, z))));
      F8 rest = sub(one, sigmoid);
      F8 factor = fma(z, sub(rest, sigmoid), constant(2));
      slope = load8(slopes + i);
      curve = mul(mul(mul(sigmoid, rest), factor), load8(sum_tangents + i));
    } else {
      F8 a = load8(values + i);
      F8 t = load8(tangents + i);
      if (kind == TANH) {
        slope = sub(one, mul(a, a));
        curve = mul(mul(a, t), constant(-2));
      } else {
        slope = add(at_most(a, zero), one);
        curve = where_not_positive(a, t, zero);
      }
    }
    store(first + i, mul(p, slope));
    store(second + i, fma(p, curve, mul(load8(second + i), slope)));
  }
}
