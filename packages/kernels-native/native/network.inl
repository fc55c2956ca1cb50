// Whole-network passes over the description that packages/kernels writes (assembly/descriptor.ts).

struct Layer {
  int32_t inputs, outputs, activation;
  uint32_t weights, gradients, packed, transposed, panels, slopes, block_bytes;
  // Zero until the network's first tangent pass, as the network's last three.
  uint32_t tangents, sum_tangents, packed_tangents;
  int32_t unused[3];
};

struct Network {
  int32_t layers, block_rows;
  uint32_t input_panels, input_block_bytes, delta_a, delta_b, panel_bytes;
  uint32_t input_tangents, delta_c, delta_d;
  int32_t unused[6];
};

INLINE float* at(uint8_t* base, uint32_t offset) { return (float*)(base + offset); }

/** So many panels of deltas stay in the first-level cache while the weight gradients pass by; an even number. */
static const int RUN_PANELS = 8;

/** From so many rows on, weights are packed before they are multiplied. */
static const int PACKING_PAYS = 4;

/** Packs every layer's weights, as `forward` does for all but the smallest batches. */
static void pack_layers(uint8_t* base, const Network* net) {
  const Layer* layers = (const Layer*)(net + 1);
  for (int i = 0; i < net->layers; i++) {
    pack_weights(at(base, layers[i].weights), at(base, layers[i].packed), layers[i].inputs, layers[i].outputs);
  }
}

static void forward(uint8_t* base, uint32_t network, uint32_t inputs, uint32_t outputs, int32_t batch) {
  const Network* net = (const Network*)(base + network);
  const Layer* layers = (const Layer*)(net + 1);
  const int stride = net->panel_bytes / 4;
  const bool few = batch < PACKING_PAYS;
  if (!few) pack_layers(base, net);
  const int input_count = layers[0].inputs;
  const int output_count = layers[net->layers - 1].outputs;
  for (int block = 0, done = 0; done < batch; block++, done += net->block_rows) {
    const int rows = batch - done < net->block_rows ? batch - done : net->block_rows;
    float* values = at(base, net->input_panels + block * net->input_block_bytes);
    rows_to_panels(at(base, inputs) + (int64_t)done * input_count, values, stride, input_count, rows);
    for (int i = 0; i < net->layers; i++) {
      const Layer& layer = layers[i];
      float* target = at(base, layer.panels + block * layer.block_bytes);
      float* slopes = at(base, layer.slopes + (layer.slopes ? block * layer.block_bytes : 0));
      if (few) {
        for (int row = 0; row < rows; row++) {
          multiply_row(target + row * 8, values + row * 8, stride, at(base, layer.weights), layer.inputs, layer.outputs);
        }
      } else {
        multiply(target, values, stride, at(base, layer.packed), layer.inputs, layer.outputs, rows);
      }
      for (int panel = 0; panel < panels_of(layer.outputs) && layer.activation != IDENTITY; panel++) {
        activate(layer.activation, target + (int64_t)panel * stride, slopes + (int64_t)panel * stride, rows * 8);
      }
      values = target;
    }
    panels_to_rows(values, at(base, outputs) + (int64_t)done * output_count, stride, output_count, rows);
  }
}

/** Packs the transposed weights of the layers from `lowest` up. */
static void pack_transposed_layers(uint8_t* base, const Network* net, int lowest) {
  const Layer* layers = (const Layer*)(net + 1);
  for (int i = lowest; i < net->layers; i++) {
    pack_transposed(at(base, layers[i].weights), at(base, layers[i].transposed), layers[i].inputs, layers[i].outputs);
  }
}

/** The values that go into a layer, of one block. */
static const float* values_below(uint8_t* base, const Network* net, int layer, int block) {
  if (layer == 0) return at(base, net->input_panels + block * net->input_block_bytes);
  const Layer& below = ((const Layer*)(net + 1))[layer - 1];
  return at(base, below.panels + block * below.block_bytes);
}

/** The panels from `first` up to `end` of deltas into their columns of the weight gradients. */
static void accumulate_panels(float* gradients, const float* values, const float* deltas, int stride, int rows, int inputs,
                              int outputs, int first, int end) {
  for (int input = 0; input < inputs; input += TILE_INPUTS) {
    const float* from = values + (int64_t)(input >> 3) * stride + (input & 7);
    float* target = gradients + (int64_t)input * outputs;
    for (int panel = first; panel < end; panel += 2) {
      const float* delta = deltas + (int64_t)panel * stride;
      const int columns = outputs - panel * 8;
      if (panel + 1 < end) {
        accumulate_tile<F16, TILE_INPUTS>(target + panel * 8, outputs, from, delta, delta + stride, rows, inputs - input,
                                          columns);
      } else {
        accumulate_tile<F8, TILE_INPUTS>(target + panel * 8, outputs, from, delta, delta, rows, inputs - input, columns);
      }
    }
  }
}

/**
 * Adds one block's share of a layer's weight gradients and, with `biases`, bias gradients.
 *
 * @param values - Panels of what is multiplied with the weights.
 */
static void accumulate_layer(uint8_t* base, const Layer& layer, const float* values, const float* deltas, int stride, int rows,
                             bool biases) {
  const int panels = panels_of(layer.outputs);
  for (int first = 0; first < panels; first += RUN_PANELS) {
    const int end = first + RUN_PANELS < panels ? first + RUN_PANELS : panels;
    accumulate_panels(at(base, layer.gradients), values, deltas, stride, rows, layer.inputs, layer.outputs, first, end);
  }
  if (!biases) return;
  float* gradients = at(base, layer.gradients) + (int64_t)layer.inputs * layer.outputs;
  for (int panel = 0; panel < panels; panel += 2) {
    const float* delta = deltas + (int64_t)panel * stride;
    const int columns = layer.outputs - panel * 8;
    if (panel + 1 < panels) {
      accumulate_biases<F16>(gradients + panel * 8, delta, delta + stride, rows, columns);
    } else {
      accumulate_biases<F8>(gradients + panel * 8, delta, delta, rows, columns);
    }
  }
}

/** Turns derivatives by a layer's activations into derivatives by its pre-activations. */
static void slope_layer(uint8_t* base, const Layer& layer, float* deltas, int stride, int block, int rows) {
  if (layer.activation == IDENTITY) return;
  const float* values = at(base, layer.panels + block * layer.block_bytes);
  const float* slopes = at(base, layer.slopes + (layer.slopes ? block * layer.block_bytes : 0));
  for (int panel = 0; panel < panels_of(layer.outputs); panel++) {
    int64_t shift = (int64_t)panel * stride;
    multiply_slope(layer.activation, deltas + shift, values + shift, slopes + shift, rows * 8);
  }
}

static void backward(uint8_t* base, uint32_t network, uint32_t output_gradients, uint32_t input_gradients, int32_t batch,
                     bool skip_parameters) {
  const Network* net = (const Network*)(base + network);
  const Layer* layers = (const Layer*)(net + 1);
  const int stride = net->panel_bytes / 4;
  const int lowest = input_gradients ? 0 : 1;
  pack_transposed_layers(base, net, lowest);
  const Layer& last = layers[net->layers - 1];
  for (int block = 0, done = 0; done < batch; block++, done += net->block_rows) {
    const int rows = batch - done < net->block_rows ? batch - done : net->block_rows;
    float* deltas = at(base, net->delta_a);
    float* spare = at(base, net->delta_b);
    rows_to_panels(at(base, output_gradients) + (int64_t)done * last.outputs, deltas, stride, last.outputs, rows);
    slope_layer(base, last, deltas, stride, block, rows);
    for (int i = net->layers - 1; i >= 0; i--) {
      if (!skip_parameters) {
        accumulate_layer(base, layers[i], values_below(base, net, i, block), deltas, stride, rows, true);
      }
      if (i < lowest) break;
      multiply(spare, deltas, stride, at(base, layers[i].transposed), layers[i].outputs, layers[i].inputs, rows);
      float* swap = deltas;
      deltas = spare;
      spare = swap;
      if (i > 0) slope_layer(base, layers[i - 1], deltas, stride, block, rows);
    }
    if (input_gradients) {
      const int width = layers[0].inputs;
      panels_to_rows(deltas, at(base, input_gradients) + (int64_t)done * width, stride, width, rows);
    }
  }
}
