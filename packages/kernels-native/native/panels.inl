// Moving matrices between row-major order, panels of 8 columns (activations) and strips of 16 (packed weights).

INLINE int panels_of(int columns) { return (columns + 7) >> 3; }

/** Row-major `[rows, columns]` to panels `[panel][row][8]`, `stride` floats apart; padding columns hold anything. */
static void rows_to_panels(const float* source, float* target, int stride, int columns, int rows) {
  for (int panel = 0; panel < panels_of(columns); panel++) {
    for (int row = 0; row < rows; row++) store(target + row * 8, load8(source + (int64_t)row * columns));
    source += 8;
    target += stride;
  }
}

/** Panels to row-major; spills at most 7 floats past the end, for which every allocation has room. */
static void panels_to_rows(const float* source, float* target, int stride, int columns, int rows) {
  for (int row = 0; row < rows; row++) {
    for (int panel = 0; panel < panels_of(columns); panel++) {
      store(target + panel * 8, load8(source + (int64_t)panel * stride + row * 8));
    }
    target += columns;
  }
}

/**
 * Weights `[inputs, outputs]` and the bias behind them to strips `[strip][1 + inputs][16]`, the bias as first row. An
 * odd last panel becomes a strip of 8.
 */
static void pack_weights(const float* weights, float* target, int inputs, int outputs) {
  const float* bias = weights + (int64_t)inputs * outputs;
  int panels = panels_of(outputs);
  for (int panel = 0; panel < panels; panel += 2) {
    const float* from = weights + panel * 8;
    if (panel + 1 < panels) {
      store(target, load16(bias + panel * 8));
      for (int k = 0; k < inputs; k++) store(target + (k + 1) * 16, load16(from + (int64_t)k * outputs));
      target += (1 + inputs) * 16;
    } else {
      store(target, load8(bias + panel * 8));
      for (int k = 0; k < inputs; k++) store(target + (k + 1) * 8, load8(from + (int64_t)k * outputs));
    }
  }
}

typedef float F4 __attribute__((vector_size(16), aligned(4)));

/** Four rows (the last repeated where fewer are left) into four columns of a strip `width` wide. */
static void transpose_four(const float* weights, float* target, int width, int outputs, int rows) {
  const float* p0 = weights;
  const float* p1 = rows > 1 ? p0 + outputs : p0;
  const float* p2 = rows > 2 ? p1 + outputs : p1;
  const float* p3 = rows > 3 ? p2 + outputs : p2;
  int column = 0;
  for (; column + 4 <= outputs; column += 4) {
    F4 a = *(const F4*)(p0 + column), b = *(const F4*)(p1 + column);
    F4 c = *(const F4*)(p2 + column), d = *(const F4*)(p3 + column);
    F4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    F4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(F4*)(target) = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *(F4*)(target + width) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *(F4*)(target + 2 * width) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *(F4*)(target + 3 * width) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
    target += 4 * width;
  }
  for (; column < outputs; column++, target += width) {
    target[0] = p0[column];
    target[1] = p1[column];
    target[2] = p2[column];
    target[3] = p3[column];
  }
}

/** The transposed weights to strips `[strip][1 + outputs][16]`, the first row zero. */
static void pack_transposed(const float* weights, float* target, int inputs, int outputs) {
  int panels = panels_of(inputs);
  for (int panel = 0; panel < panels; panel += 2) {
    int width = panel + 1 < panels ? 16 : 8;
    for (int i = 0; i < width; i++) target[i] = 0;
    for (int quarter = 0; quarter < width; quarter += 4) {
      int first = panel * 8 + quarter;
      if (first >= inputs) break;
      transpose_four(weights + (int64_t)first * outputs, target + width + quarter, width, outputs, inputs - first);
    }
    target += (1 + outputs) * width;
  }
}
