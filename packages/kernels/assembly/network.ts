// Whole-network passes: one call a forward, one a backward.

import { activate, IDENTITY, multiplySlope } from './activation';
import {
  field,
  LAYER_ACTIVATION,
  LAYER_BLOCK_BYTES,
  LAYER_GRADIENTS,
  LAYER_INPUTS,
  LAYER_OUTPUTS,
  LAYER_PACKED,
  LAYER_PANELS,
  LAYER_SLOPES,
  LAYER_TRANSPOSED,
  LAYER_WEIGHTS,
  layerAt,
  NET_BLOCK_ROWS,
  NET_DELTA_A,
  NET_DELTA_B,
  NET_INPUT_BLOCK_BYTES,
  NET_INPUT_PANELS,
  NET_LAYERS,
  NET_PANEL_BYTES,
  PANEL_BYTES,
  panelsOf,
  pointerField,
} from './descriptor';
import { accumulateOuter, accumulateOuterHalf, accumulateSum, multiplyColumns } from './multiply';
import { multiplyRow } from './multiply-row';
import { packTransposed, packWeights, panelsToRows, rowsToPanels } from './pack';

/** From so many rows on, weights are packed before they are multiplied. */
export const PACKING_PAYS: i32 = 4;

/**
 * A product goes over its values in runs of so many numbers, at most: what stays in the first-level cache while all
 * columns of the weights pass by.
 */
const RUN_LENGTH: i32 = 4096;
/** So many panels of deltas stay in the first-level cache while the weight gradients pass by. */
const RUN_PANELS: i32 = 16;

/** Outputs `[batch, outputs]` of the network for inputs `[batch, inputs]`; keeps what `backward` needs. */
export function forward(network: usize, inputs: usize, outputs: usize, batch: i32): void {
  const layers = field(network, NET_LAYERS);
  const blockRows = field(network, NET_BLOCK_ROWS);
  const panelBytes = pointerField(network, NET_PANEL_BYTES);
  const few = batch < PACKING_PAYS;
  if (!few) packLayers(network, layers);
  const last = layerAt(network, layers - 1);
  const inputCount = field(layerAt(network, 0), LAYER_INPUTS);
  const outputCount = field(last, LAYER_OUTPUTS);
  for (let block = 0, done = 0; done < batch; block++, done += blockRows) {
    const rows = min(blockRows, batch - done);
    let values = pointerField(network, NET_INPUT_PANELS) + <usize>block * pointerField(network, NET_INPUT_BLOCK_BYTES);
    rowsToPanels(inputs + <usize>(done * inputCount) * 4, values, panelBytes, inputCount, rows);
    for (let index = 0; index < layers; index++) {
      const layer = layerAt(network, index);
      values = few
        ? forwardLayerByRows(layer, values, panelBytes, rows)
        : forwardLayer(layer, values, panelBytes, block, rows);
    }
    panelsToRows(values, outputs + <usize>(done * outputCount) * 4, panelBytes, outputCount, rows);
  }
}

/** Packs every layer's weights, as `forward` does for all but the smallest batches. */
export function packLayers(network: usize, layers: i32): void {
  for (let index = 0; index < layers; index++) {
    const layer = layerAt(network, index);
    packWeights(
      pointerField(layer, LAYER_WEIGHTS),
      pointerField(layer, LAYER_PACKED),
      field(layer, LAYER_INPUTS),
      field(layer, LAYER_OUTPUTS),
    );
  }
}

/** One layer over the few rows of a small batch, row by row; returns the output panels. */
function forwardLayerByRows(layer: usize, values: usize, panelBytes: usize, rows: i32): usize {
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const target = pointerField(layer, LAYER_PANELS);
  for (let row = 0; row < rows; row++) {
    const shift = <usize>row * PANEL_BYTES;
    multiplyRow(target + shift, values + shift, panelBytes, pointerField(layer, LAYER_WEIGHTS), inputs, outputs);
  }
  const panels = panelsOf(outputs);
  for (let panel = 0; panel < panels; panel++) {
    const shift = <usize>panel * panelBytes;
    activate(
      field(layer, LAYER_ACTIVATION),
      target + shift,
      pointerField(layer, LAYER_SLOPES) + shift,
      <usize>rows * PANEL_BYTES,
    );
  }
  return target;
}

/** One layer over one block of rows; returns the block's output panels. */
function forwardLayer(layer: usize, values: usize, panelBytes: usize, block: i32, rows: i32): usize {
  const shift = <usize>block * pointerField(layer, LAYER_BLOCK_BYTES);
  const target = pointerField(layer, LAYER_PANELS) + shift;
  const slopes = pointerField(layer, LAYER_SLOPES) + shift;
  const runRows = rowsOfRun(field(layer, LAYER_INPUTS));
  for (let row = 0; row < rows; row += runRows) {
    const from = <usize>row * PANEL_BYTES;
    forwardRows(layer, values + from, target + from, slopes + from, panelBytes, min(runRows, rows - row));
  }
  return target;
}

/** How many rows of a product's values, `depth` columns each, are a run: whole tiles. */
@inline
export function rowsOfRun(depth: i32): i32 {
  return max(4, (RUN_LENGTH / depth) & ~3);
}

function forwardRows(layer: usize, values: usize, target: usize, slopes: usize, panelBytes: usize, rows: i32): void {
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const activation = field(layer, LAYER_ACTIVATION);
  const panels = panelsOf(outputs);
  let weights = pointerField(layer, LAYER_PACKED);
  for (let panel = 0; panel < panels; panel++) {
    multiplyColumns(target, values, panelBytes, weights, inputs, rows, outputs - panel * 8);
    activate(activation, target, slopes, <usize>rows * PANEL_BYTES);
    weights += <usize>(1 + inputs) * PANEL_BYTES;
    target += panelBytes;
    slopes += panelBytes;
  }
}

/**
 * Backpropagates `outputGradients` `[batch, outputs]` through the last `forward`.
 *
 * @param inputGradients - Where the derivatives by the inputs go, or 0 when nobody wants them.
 * @param skipParameters - Nonzero leaves the parameters' gradients alone.
 */
export function backward(
  network: usize,
  outputGradients: usize,
  inputGradients: usize,
  batch: i32,
  skipParameters: i32,
): void {
  const layers = field(network, NET_LAYERS);
  const blockRows = field(network, NET_BLOCK_ROWS);
  const panelBytes = pointerField(network, NET_PANEL_BYTES);
  const lowest = inputGradients ? 0 : 1;
  packTransposedLayers(network, lowest, layers);
  const inputCount = field(layerAt(network, 0), LAYER_INPUTS);
  const last = layerAt(network, layers - 1);
  const outputCount = field(last, LAYER_OUTPUTS);
  for (let block = 0, done = 0; done < batch; block++, done += blockRows) {
    const rows = min(blockRows, batch - done);
    let deltas = pointerField(network, NET_DELTA_A);
    let spare = pointerField(network, NET_DELTA_B);
    rowsToPanels(outputGradients + <usize>(done * outputCount) * 4, deltas, panelBytes, outputCount, rows);
    slopePanels(last, deltas, panelBytes, block, rows);
    for (let index = layers - 1; index >= 0; index--) {
      const layer = layerAt(network, index);
      if (!skipParameters) {
        accumulateLayer(layer, valuesBelow(network, index, block), deltas, panelBytes, rows, true);
      }
      if (index < lowest) break;
      multiplyTransposed(layer, deltas, spare, panelBytes, rows);
      const swap = deltas;
      deltas = spare;
      spare = swap;
      if (index > 0) slopePanels(layerAt(network, index - 1), deltas, panelBytes, block, rows);
    }
    if (inputGradients) {
      panelsToRows(deltas, inputGradients + <usize>(done * inputCount) * 4, panelBytes, inputCount, rows);
    }
  }
}

/** Packs the transposed weights of the layers from `lowest` up. */
export function packTransposedLayers(network: usize, lowest: i32, layers: i32): void {
  for (let index = lowest; index < layers; index++) {
    const layer = layerAt(network, index);
    packTransposed(
      pointerField(layer, LAYER_WEIGHTS),
      pointerField(layer, LAYER_TRANSPOSED),
      field(layer, LAYER_INPUTS),
      field(layer, LAYER_OUTPUTS),
    );
  }
}

/** Turns derivatives by a layer's activations into derivatives by its pre-activations. */
export function slopePanels(layer: usize, deltas: usize, panelBytes: usize, block: i32, rows: i32): void {
  const kind = field(layer, LAYER_ACTIVATION);
  if (kind == IDENTITY) return;
  const panels = panelsOf(field(layer, LAYER_OUTPUTS));
  const shift = <usize>block * pointerField(layer, LAYER_BLOCK_BYTES);
  let values = pointerField(layer, LAYER_PANELS) + shift;
  let slopes = pointerField(layer, LAYER_SLOPES) + shift;
  for (let panel = 0; panel < panels; panel++) {
    multiplySlope(kind, deltas, values, slopes, <usize>rows * PANEL_BYTES);
    deltas += panelBytes;
    values += panelBytes;
    slopes += panelBytes;
  }
}

/** The values that go into a layer, of one block. */
@inline
export function valuesBelow(network: usize, index: i32, block: i32): usize {
  if (index == 0) {
    return pointerField(network, NET_INPUT_PANELS) + <usize>block * pointerField(network, NET_INPUT_BLOCK_BYTES);
  }
  const below = layerAt(network, index - 1);
  return pointerField(below, LAYER_PANELS) + <usize>block * pointerField(below, LAYER_BLOCK_BYTES);
}

/**
 * Adds one block's share of a layer's weight gradients and, with `biases`, bias gradients.
 *
 * @param values - Panels of what is multiplied with the weights.
 */
export function accumulateLayer(
  layer: usize,
  values: usize,
  deltas: usize,
  panelBytes: usize,
  rows: i32,
  biases: bool,
): void {
  const panels = panelsOf(field(layer, LAYER_OUTPUTS));
  for (let panel = 0; panel < panels; panel += RUN_PANELS) {
    const end = min(panels, panel + RUN_PANELS);
    accumulatePanels(layer, values, deltas, panelBytes, rows, panel, end);
    if (biases) accumulateBiases(layer, deltas, panelBytes, rows, panel, end);
  }
}

/** The panels from `first` up to `end` of deltas into their columns of the weight gradients. */
function accumulatePanels(
  layer: usize,
  values: usize,
  deltas: usize,
  panelBytes: usize,
  rows: i32,
  first: i32,
  end: i32,
): void {
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const rowBytes = <usize>outputs << 2;
  let gradients = pointerField(layer, LAYER_GRADIENTS);
  for (let input = 0; input < inputs; input += 4) {
    const from = values + <usize>(input >> 3) * panelBytes + (<usize>(input & 4) << 2);
    for (let panel = first; panel < end; panel++) {
      const target = gradients + <usize>panel * PANEL_BYTES;
      const delta = deltas + <usize>panel * panelBytes;
      const columns = outputs - panel * 8;
      if (columns > 4) accumulateOuter(target, rowBytes, from, delta, rows, inputs - input, columns);
      else accumulateOuterHalf(target, rowBytes, from, delta, rows, inputs - input, columns);
    }
    gradients += 4 * rowBytes;
  }
}

function accumulateBiases(layer: usize, deltas: usize, panelBytes: usize, rows: i32, first: i32, end: i32): void {
  const outputs = field(layer, LAYER_OUTPUTS);
  const biases = pointerField(layer, LAYER_GRADIENTS) + ((<usize>field(layer, LAYER_INPUTS) * <usize>outputs) << 2);
  for (let panel = first; panel < end; panel++) {
    const target = biases + <usize>panel * PANEL_BYTES;
    accumulateSum(target, deltas + <usize>panel * panelBytes, rows, outputs - panel * 8);
  }
}

/** Derivatives by a layer's inputs from those by its pre-activations. */
export function multiplyTransposed(layer: usize, deltas: usize, target: usize, panelBytes: usize, rows: i32): void {
  const outputs = field(layer, LAYER_OUTPUTS);
  const inputs = field(layer, LAYER_INPUTS);
  const panels = panelsOf(inputs);
  const weightBytes = <usize>(1 + outputs) * PANEL_BYTES;
  const runRows = rowsOfRun(outputs);
  for (let row = 0; row < rows; row += runRows) {
    const from = <usize>row * PANEL_BYTES;
    let weights = pointerField(layer, LAYER_TRANSPOSED);
    let to = target + from;
    for (let panel = 0; panel < panels; panel++) {
      multiplyColumns(to, deltas + from, panelBytes, weights, outputs, min(runRows, rows - row), inputs - panel * 8);
      weights += weightBytes;
      to += panelBytes;
    }
  }
}
