// Layer normalisation of row-major matrices, and spectral normalisation of weights; see assembly/normalisation.ts.
//
// Sums run in sixteen lanes, added up at the end, and nothing is fused: plain loops, which the compiler makes vectors of.

static const int LANES = 16;

INLINE float total(const float lanes[LANES]) {
  float sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
  return sum;
}

static float sum_of(const float* x, int count) {
  float lanes[LANES] = {0};
  int i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane];
  }
  for (int lane = 0; i + lane < count; lane++) lanes[lane] += x[i + lane];
  return total(lanes);
}

static float dot(const float* x, const float* y, int count) {
  float lanes[LANES] = {0};
  int i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane] * y[i + lane];
  }
  for (int lane = 0; i + lane < count; lane++) lanes[lane] += x[i + lane] * y[i + lane];
  return total(lanes);
}

/** y += factor * x */
static void add_scaled(float* y, const float* x, float factor, int count) {
  for (int i = 0; i < count; i++) y[i] += factor * x[i];
}

/** target += source */
static void add_vector(uint8_t* base, uint32_t target, uint32_t source, int32_t length) {
  add_scaled(at(base, target), at(base, source), 1, length);
}

static void layer_norm(uint8_t* base, const uint32_t pointers[6], int32_t rows, int32_t width, float epsilon) {
  const float *x = at(base, pointers[0]), *gain = at(base, pointers[1]), *bias = at(base, pointers[2]);
  float *y = at(base, pointers[3]), *standardised = at(base, pointers[4]), *inverses = at(base, pointers[5]);
  for (int row = 0; row < rows; row++) {
    const float mean = sum_of(x, width) / width;
    for (int i = 0; i < width; i++) standardised[i] = x[i] - mean;
    const float inverse = 1 / __builtin_sqrtf(dot(standardised, standardised, width) / width + epsilon);
    for (int i = 0; i < width; i++) {
      standardised[i] *= inverse;
      y[i] = standardised[i] * gain[i] + bias[i];
    }
    inverses[row] = inverse;
    x += width;
    y += width;
    standardised += width;
  }
}

static void layer_norm_backward(uint8_t* base, const uint32_t pointers[7], int32_t rows, int32_t width) {
  const float *by_output = at(base, pointers[0]), *gain = at(base, pointers[1]);
  const float *standardised = at(base, pointers[2]), *inverses = at(base, pointers[3]);
  float *by_gain = at(base, pointers[4]), *by_bias = at(base, pointers[5]), *by_input = at(base, pointers[6]);
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < width && pointers[4]; i++) {
      by_gain[i] += by_output[i] * standardised[i];
      by_bias[i] += by_output[i];
    }
    for (int i = 0; i < width; i++) by_input[i] = by_output[i] * gain[i];
    const float mean = sum_of(by_input, width) / width;
    const float slope = dot(by_input, standardised, width) / width;
    const float inverse = inverses[row];
    for (int i = 0; i < width; i++) by_input[i] = (by_input[i] - slope * standardised[i] - mean) * inverse;
    by_output += width;
    standardised += width;
    by_input += width;
  }
}

/** Makes a vector's norm 1, unless it is next to nothing. */
static void make_unit(float* x, int count) {
  const float norm = __builtin_sqrtf(dot(x, x, count));
  const float factor = 1 / (norm > 1e-12f ? norm : 1e-12f);
  for (int i = 0; i < count; i++) x[i] *= factor;
}

static float spectral_norm(uint8_t* base, uint32_t weights, uint32_t left, uint32_t right, int32_t inputs, int32_t outputs,
                           int32_t iterations) {
  const float* w = at(base, weights);
  float *p = at(base, left), *q = at(base, right);
  for (; iterations > 0; iterations--) {
    for (int j = 0; j < outputs; j++) q[j] = 0;
    for (int i = 0; i < inputs; i++) add_scaled(q, w + (int64_t)i * outputs, p[i], outputs);
    make_unit(q, outputs);
    for (int i = 0; i < inputs; i++) p[i] = dot(w + (int64_t)i * outputs, q, outputs);
    make_unit(p, inputs);
  }
  float norm = 0;
  for (int i = 0; i < inputs; i++) norm += p[i] * dot(w + (int64_t)i * outputs, q, outputs);
  return norm;
}

static void spectral_norm_backward(uint8_t* base, const uint32_t pointers[5], int32_t inputs, int32_t outputs, float norm) {
  float* gradients = at(base, pointers[0]);
  const float *by_normalised = at(base, pointers[1]), *normalised = at(base, pointers[2]);
  const float *left = at(base, pointers[3]), *right = at(base, pointers[4]);
  float along = 0;
  for (int i = 0; i < inputs; i++) {
    along += dot(by_normalised + (int64_t)i * outputs, normalised + (int64_t)i * outputs, outputs);
  }
  const float inverse = 1 / norm;
  for (int i = 0; i < inputs; i++) {
    float* row = gradients + (int64_t)i * outputs;
    add_scaled(row, by_normalised + (int64_t)i * outputs, inverse, outputs);
    add_scaled(row, right, -along * inverse * left[i], outputs);
  }
}
