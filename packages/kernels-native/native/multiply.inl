// The matrix products, in tiles whose sums stay in registers.

/** The panels that a strip's columns go to. */
INLINE void store_columns(float* first, float* second, F16 sum) {
  store(first, low_half(sum));
  store(second, high_half(sum));
}
INLINE void store_columns(float* first, float*, F8 sum) { store(first, sum); }

INLINE F16 join_panels(const float* first, const float* second, F16) { return join(load8(first), load8(second)); }
INLINE F8 join_panels(const float* first, const float*, F8) { return load8(first); }

/**
 * `ROWS` rows of a product with one strip of packed weights. The sums start from the first row of the strip, or, with
 * `ONTO`, from what the target holds.
 */
template <class V, int ROWS, bool ONTO>
INLINE void multiply_tile(float* first, float* second, const float* values, int stride, const float* weights, int depth) {
  V sums[ROWS];
  V bias = load<V>(weights);
  for (int r = 0; r < ROWS; r++) sums[r] = ONTO ? join_panels(first + r * 8, second + r * 8, V{}) : bias;
  const float* w = weights + V::width;
  for (int k = depth; k > 0; k -= 8) {
    int count = k < 8 ? k : 8;
    for (int j = 0; j < count; j++) {
      V weight = load<V>(w);
      w += V::width;
#pragma GCC unroll 16
      for (int r = 0; r < ROWS; r++) sums[r] = fma(splat<V>(values[r * 8 + j]), weight, sums[r]);
    }
    values += stride;
  }
  for (int r = 0; r < ROWS; r++) store_columns(first + r * 8, second + r * 8, sums[r]);
}

/** All rows of a product with one strip. Rows are rounded up to whole fours; the buffers have room for it. */
template <class V, int ROWS, bool ONTO>
static void multiply_strip(float* first, float* second, const float* values, int stride, const float* weights, int depth,
                           int rows) {
  int row = 0;
  for (; row + ROWS <= rows; row += ROWS) {
    multiply_tile<V, ROWS, ONTO>(first + row * 8, second + row * 8, values + row * 8, stride, weights, depth);
  }
  if (ROWS > 8) {
    for (; row + 8 <= rows; row += 8) {
      multiply_tile<V, 8, ONTO>(first + row * 8, second + row * 8, values + row * 8, stride, weights, depth);
    }
  }
  for (; row < rows; row += 4) {
    multiply_tile<V, 4, ONTO>(first + row * 8, second + row * 8, values + row * 8, stride, weights, depth);
  }
}

/** A product of panels with packed strips, into panels `stride` floats apart like the values'. */
template <bool ONTO = false>
static void multiply(float* target, const float* values, int stride, const float* strips, int depth, int columns, int rows) {
  int panels = panels_of(columns);
  for (int panel = 0; panel < panels; panel += 2) {
    float* first = target + (int64_t)panel * stride;
    if (panel + 1 < panels) {
      multiply_strip<F16, TILE_ROWS_16, ONTO>(first, first + stride, values, stride, strips, depth, rows);
      strips += (1 + depth) * 16;
    } else {
      multiply_strip<F8, TILE_ROWS_8, ONTO>(first, nullptr, values, stride, strips, depth, rows);
    }
  }
}

/** `COUNT` vectors of columns of one row's product with unpacked weights. */
template <class V, int COUNT>
INLINE void multiply_row_columns(float* target, const float* values, int stride, const float* weights, int inputs,
                                 int outputs) {
  V sums[COUNT];
  const float* bias = weights + (int64_t)inputs * outputs;
  for (int c = 0; c < COUNT; c++) sums[c] = load<V>(bias + c * V::width);
  for (int k = 0; k < inputs; k++) {
    V x = splat<V>(values[(int64_t)(k >> 3) * stride + (k & 7)]);
#pragma GCC unroll 4
    for (int c = 0; c < COUNT; c++) sums[c] = fma(x, load<V>(weights + c * V::width), sums[c]);
    weights += outputs;
  }
  for (int c = 0; c < COUNT; c++) {
    float* to = target + (int64_t)c * (V::width / 8) * stride;
    store_columns(to, to + stride, sums[c]);
  }
}

/** bias + values x weights for one row: for batches so small that packing would cost more than it saves. */
static void multiply_row(float* target, const float* values, int stride, const float* weights, int inputs, int outputs) {
  int panels = panels_of(outputs);
  int panel = 0;
  for (; panel + 8 <= panels; panel += 8) {
    float* to = target + (int64_t)panel * stride;
    // Panels cover whole vectors here, so nothing is read past a row but the next one.
    const float* from = weights + panel * 8;
    multiply_row_columns<F16, 4>(to, values, stride, from, inputs, outputs);
  }
  for (; panel < panels; panel++) {
    multiply_row_columns<F8, 1>(target + (int64_t)panel * stride, values, stride, weights + panel * 8, inputs, outputs);
  }
}

/** Adds a vector's lanes to memory, or as many as `columns` says when that is fewer. */
template <class V> INLINE void add_lanes(float* target, V lanes, int columns) {
  if (columns >= V::width) {
    store(target, add(load<V>(target), lanes));
    return;
  }
  float values[V::width];
  store(values, lanes);
  for (int i = 0; i < columns; i++) target[i] += values[i];
}

/** Adds `INPUTS` rows of a weight gradient: the sum over rows of values x deltas, in one strip of columns. */
template <class V, int INPUTS>
INLINE void accumulate_tile(float* gradients, int outputs, const float* values, const float* first, const float* second,
                            int rows, int inputs, int columns) {
  V sums[INPUTS];
  for (int i = 0; i < INPUTS; i++) sums[i] = splat<V>(0);
  for (int row = 0; row < rows; row++) {
    V delta = join_panels(first + row * 8, second + row * 8, V{});
#pragma GCC unroll 8
    for (int i = 0; i < INPUTS; i++) sums[i] = fma(splat<V>(values[row * 8 + i]), delta, sums[i]);
  }
  int count = inputs < INPUTS ? inputs : INPUTS;
  for (int i = 0; i < count; i++) add_lanes(gradients + (int64_t)i * outputs, sums[i], columns);
}

/** The sum over rows of a strip of deltas, added to the bias gradients. */
template <class V>
static void accumulate_biases(float* gradients, const float* first, const float* second, int rows, int columns) {
  V sum = splat<V>(0);
  for (int row = 0; row < rows; row++) sum = add(sum, join_panels(first + row * 8, second + row * 8, V{}));
  add_lanes(gradients, sum, columns);
}
