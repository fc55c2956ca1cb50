// Element-wise kernels over flat float32 vectors of any length, and the sum of squares.

/** In double precision beyond runs of 256 elements; sixteen sums side by side, added up at the end. */
static double sum_of_squares(uint8_t* base, uint32_t vector, int32_t length) {
  const float* x = at(base, vector);
  double totals[16] = {0};
  int i = 0;
  for (; i + 16 <= length;) {
    F16 sum = splat<F16>(0);
    for (int end = i + 256; i < end && i + 16 <= length; i += 16) {
      F16 v = load16(x + i);
      sum = fma(v, v, sum);
    }
    float lanes[16];
    store(lanes, sum);
    for (int lane = 0; lane < 16; lane++) totals[lane] += lanes[lane];
  }
  double total = 0;
  for (int lane = 0; lane < 16; lane++) total += totals[lane];
  for (; i < length; i++) total += (double)x[i] * x[i];
  return total;
}

struct AdamConstants {
  F16 gradient_scale, decay, step_size, root_correction, complement1, beta2, complement2, epsilon;
};

INLINE void adam_step(float* p, const float* g, float* m, float* v, const AdamConstants& c) {
  F16 gradient = mul(load16(g), c.gradient_scale);
  F16 first = load16(m);
  first = fma(sub(gradient, first), c.complement1, first);
  store(m, first);
  F16 second = fma(mul(gradient, gradient), c.complement2, mul(load16(v), c.beta2));
  store(v, second);
  F16 denominator = fma(root(second), c.root_correction, c.epsilon);
  store(p, sub(mul(load16(p), c.decay), div(mul(first, c.step_size), denominator)));
}

static void adam(uint8_t* base, uint32_t parameters, uint32_t gradients, uint32_t first_moment, uint32_t second_moment,
                 int32_t length, const float constants[8]) {
  AdamConstants c = {splat<F16>(constants[0]), splat<F16>(constants[1]), splat<F16>(constants[2]),
                     splat<F16>(constants[3]), splat<F16>(constants[4]), splat<F16>(constants[5]),
                     splat<F16>(constants[6]), splat<F16>(constants[7])};
  float *p = at(base, parameters), *m = at(base, first_moment), *v = at(base, second_moment);
  const float* g = at(base, gradients);
  int i = 0;
  for (; i + 16 <= length; i += 16) adam_step(p + i, g + i, m + i, v + i, c);
  if (i == length) return;
  // The rest as one vector of copies, so that every element goes through the same operations.
  float rest[4][16] = {{0}};
  const int count = length - i;
  for (int k = 0; k < count; k++) {
    rest[0][k] = p[i + k];
    rest[1][k] = g[i + k];
    rest[2][k] = m[i + k];
    rest[3][k] = v[i + k];
  }
  adam_step(rest[0], rest[1], rest[2], rest[3], c);
  for (int k = 0; k < count; k++) {
    p[i + k] = rest[0][k];
    m[i + k] = rest[2][k];
    v[i + k] = rest[3][k];
  }
}

/** target += rate * (source - target) */
static void polyak(uint8_t* base, uint32_t target, uint32_t source, int32_t length, float rate) {
  float* t = at(base, target);
  const float* s = at(base, source);
  F16 rates = splat<F16>(rate);
  int i = 0;
  for (; i + 16 <= length; i += 16) {
    F16 old = load16(t + i);
    store(t + i, fma(rates, sub(load16(s + i), old), old));
  }
  for (; i < length; i++) t[i] = __builtin_fmaf(rate, s[i] - t[i], t[i]);
}

/** vector *= factor */
static void scale(uint8_t* base, uint32_t vector, int32_t length, float factor) {
  float* x = at(base, vector);
  for (int i = 0; i < length; i++) x[i] *= factor;
}

/** vector = value */
static void fill(uint8_t* base, uint32_t vector, int32_t length, float value) {
  float* x = at(base, vector);
  for (int i = 0; i < length; i++) x[i] = value;
}
