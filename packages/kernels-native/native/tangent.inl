// Forward mode, the directional derivative of the last forward pass, and reverse mode over it; see assembly/tangent.ts.

/**
 * One layer's tangents of one block; returns their panels.
 *
 * @param values - What goes into the layer, or null when its parameters stand still.
 * @param tangents - The tangents of what goes into the layer, or null when it stands still.
 */
static float* tangent_layer(uint8_t* base, const Layer& layer, const float* values, const float* tangents, int stride,
                            int block, int rows) {
  const uint32_t shift = block * layer.block_bytes;
  float* target = at(base, layer.tangents + shift);
  const int64_t panel_bytes = (int64_t)stride * panels_of(layer.outputs) * 4;
  if (values != nullptr) {
    multiply(target, values, stride, at(base, layer.packed_tangents), layer.inputs, layer.outputs, rows);
  } else {
    __builtin_memset(target, 0, panel_bytes);
  }
  if (tangents != nullptr) {
    multiply<true>(target, tangents, stride, at(base, layer.packed), layer.inputs, layer.outputs, rows);
  }
  if (layer.sum_tangents) __builtin_memcpy(at(base, layer.sum_tangents + shift), target, panel_bytes);
  slope_layer(base, layer, target, stride, block, rows);
  return target;
}

/** Derivative `[batch, outputs]` of the last `forward` along parameters, inputs (either 0 when they stand still) or both. */
static void tangent(uint8_t* base, uint32_t network, uint32_t parameter_tangents, uint32_t input_tangents, uint32_t outputs,
                    int32_t batch) {
  const Network* net = (const Network*)(base + network);
  const Layer* layers = (const Layer*)(net + 1);
  const int stride = net->panel_bytes / 4;
  if (batch < PACKING_PAYS) pack_layers(base, net);
  for (int i = 0; i < net->layers && parameter_tangents; i++) {
    const uint32_t weights = parameter_tangents + (layers[i].weights - layers[0].weights);
    pack_weights(at(base, weights), at(base, layers[i].packed_tangents), layers[i].inputs, layers[i].outputs);
  }
  const int input_count = layers[0].inputs;
  const int output_count = layers[net->layers - 1].outputs;
  for (int block = 0, done = 0; done < batch; block++, done += net->block_rows) {
    const int rows = batch - done < net->block_rows ? batch - done : net->block_rows;
    float* tangents = nullptr;
    if (input_tangents) {
      tangents = at(base, net->input_tangents + block * net->input_block_bytes);
      rows_to_panels(at(base, input_tangents) + (int64_t)done * input_count, tangents, stride, input_count, rows);
    }
    for (int i = 0; i < net->layers; i++) {
      const float* values = parameter_tangents ? values_below(base, net, i, block) : nullptr;
      tangents = tangent_layer(base, layers[i], values, tangents, stride, block, rows);
    }
    panels_to_rows(tangents, at(base, outputs) + (int64_t)done * output_count, stride, output_count, rows);
  }
}

/** @param scratch - Room for SiLU's pre-activations, which are computed again from the layer's `values`. */
static void bend_layer(uint8_t* base, const Layer& layer, const float* values, float* first, float* second, float* scratch,
                       int stride, int block, int rows) {
  const uint32_t shift = block * layer.block_bytes;
  if (layer.activation == SILU) {
    multiply(scratch, values, stride, at(base, layer.packed), layer.inputs, layer.outputs, rows);
  }
  for (int panel = 0; panel < panels_of(layer.outputs); panel++) {
    const int64_t within = (int64_t)panel * stride;
    bend(layer.activation, first + within, second + within, at(base, layer.panels + shift) + within,
         at(base, layer.tangents + shift) + within, at(base, layer.slopes + shift) + within, scratch + within,
         at(base, layer.sum_tangents + shift) + within, rows * 8);
  }
}

/** The tangents of what goes into a layer, of one block. */
static const float* tangents_below(uint8_t* base, const Network* net, int layer, int block) {
  if (layer == 0) return at(base, net->input_tangents + block * net->input_block_bytes);
  const Layer& below = ((const Layer*)(net + 1))[layer - 1];
  return at(base, below.tangents + block * below.block_bytes);
}

INLINE void swap(float*& a, float*& b) {
  float* old = a;
  a = b;
  b = old;
}

/** The adjoints of the tangents (`first`) and of the values (`second`, from the topmost bend on) down the layers. */
static void tangent_backward_block(uint8_t* base, const Network* net, int stride, int block, int rows) {
  const Layer* layers = (const Layer*)(net + 1);
  float *first = at(base, net->delta_a), *spare_first = at(base, net->delta_b);
  float *second = at(base, net->delta_c), *spare_second = at(base, net->delta_d);
  bool started = false;
  for (int i = net->layers - 1; i >= 0; i--) {
    const Layer& layer = layers[i];
    const float* values = values_below(base, net, i, block);
    if (bends(layer.activation)) {
      if (!started) __builtin_memset(second, 0, (int64_t)stride * panels_of(layer.outputs) * 4);
      started = true;
      bend_layer(base, layer, values, first, second, spare_first, stride, block, rows);
    } else {
      slope_layer(base, layer, first, stride, block, rows);
      if (started) slope_layer(base, layer, second, stride, block, rows);
    }
    accumulate_layer(base, layer, tangents_below(base, net, i, block), first, stride, rows, false);
    if (started) accumulate_layer(base, layer, values, second, stride, rows, true);
    if (i == 0) break;
    multiply(spare_first, first, stride, at(base, layer.transposed), layer.outputs, layer.inputs, rows);
    swap(first, spare_first);
    if (!started) continue;
    multiply(spare_second, second, stride, at(base, layer.transposed), layer.outputs, layer.inputs, rows);
    swap(second, spare_second);
  }
}

/**
 * Adds to the gradients the derivatives, by the parameters, of the sum of `adjoints` times the outputs of the last
 * `tangent`, which must have had input tangents only.
 */
static void tangent_backward(uint8_t* base, uint32_t network, uint32_t adjoints, int32_t batch) {
  const Network* net = (const Network*)(base + network);
  const Layer* layers = (const Layer*)(net + 1);
  const int stride = net->panel_bytes / 4;
  pack_transposed_layers(base, net, 1);
  const int output_count = layers[net->layers - 1].outputs;
  for (int block = 0, done = 0; done < batch; block++, done += net->block_rows) {
    const int rows = batch - done < net->block_rows ? batch - done : net->block_rows;
    const float* source = at(base, adjoints) + (int64_t)done * output_count;
    rows_to_panels(source, at(base, net->delta_a), stride, output_count, rows);
    tangent_backward_block(base, net, stride, block, rows);
  }
}
