// Whole-network passes: one call a forward, one a backward.

import { IDENTITY, activate, multiplySlope } from './activation';
import {
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
  NET_BLOCK_ROWS,
  NET_DELTA_A,
  NET_DELTA_B,
  NET_INPUT_BLOCK_BYTES,
  NET_INPUT_PANELS,
  NET_LAYERS,
  NET_PANEL_BYTES,
  PANEL_BYTES,
  field,
  layerAt,
  panelsOf,
  pointerField,
} from './descriptor';
import { accumulateOuter, accumulateOuterHalf, accumulateSum, multiplyColumns } from './multiply';
import { multiplyRow } from './multiply-row';
import { packTransposed, packWeights, panelsToRows, rowsToPanels } from './pack';

/** From so many rows on, weights are packed before they are multiplied. */
const PACKING_PAYS: i32 = 4;

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

function packLayers(network: usize, layers: i32): void {
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
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const panels = panelsOf(outputs);
  const activation = field(layer, LAYER_ACTIVATION);
  const shift = <usize>block * pointerField(layer, LAYER_BLOCK_BYTES);
  const target = pointerField(layer, LAYER_PANELS) + shift;
  const slopes = pointerField(layer, LAYER_SLOPES) + shift;
  let weights = pointerField(layer, LAYER_PACKED);
  for (let panel = 0; panel < panels; panel++) {
    const to = target + <usize>panel * panelBytes;
    multiplyColumns(to, values, panelBytes, weights, inputs, rows, outputs - panel * 8);
    activate(activation, to, slopes + <usize>panel * panelBytes, <usize>rows * PANEL_BYTES);
    weights += <usize>(1 + inputs) * PANEL_BYTES;
  }
  return target;
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
  for (let index = lowest; index < layers; index++) {
    const layer = layerAt(network, index);
    packTransposed(
      pointerField(layer, LAYER_WEIGHTS),
      pointerField(layer, LAYER_TRANSPOSED),
      field(layer, LAYER_INPUTS),
      field(layer, LAYER_OUTPUTS),
    );
  }
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
      if (!skipParameters) accumulateLayer(network, index, deltas, panelBytes, block, rows);
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

/** Turns derivatives by a layer's activations into derivatives by its pre-activations. */
function slopePanels(layer: usize, deltas: usize, panelBytes: usize, block: i32, rows: i32): void {
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

/** Adds one block's share of a layer's weight and bias gradients. */
function accumulateLayer(network: usize, index: i32, deltas: usize, panelBytes: usize, block: i32, rows: i32): void {
  const layer = layerAt(network, index);
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const gradients = pointerField(layer, LAYER_GRADIENTS);
  const rowBytes = <usize>outputs << 2;
  const values = index == 0
    ? pointerField(network, NET_INPUT_PANELS) + <usize>block * pointerField(network, NET_INPUT_BLOCK_BYTES)
    : pointerField(layerAt(network, index - 1), LAYER_PANELS) +
      <usize>block * pointerField(layerAt(network, index - 1), LAYER_BLOCK_BYTES);
  const biases = gradients + <usize>inputs * rowBytes;
  const panels = panelsOf(outputs);
  for (let panel = 0; panel < panels; panel++) {
    const columns = outputs - panel * 8;
    const shift = <usize>panel * PANEL_BYTES;
    accumulatePanel(gradients + shift, rowBytes, values, panelBytes, deltas, rows, inputs, columns);
    accumulateSum(biases + shift, deltas, rows, columns);
    deltas += panelBytes;
  }
}

/** One panel of deltas into its columns of the weight gradients. */
function accumulatePanel(
  gradients: usize,
  rowBytes: usize,
  values: usize,
  panelBytes: usize,
  deltas: usize,
  rows: i32,
  inputs: i32,
  columns: i32,
): void {
  for (let input = 0; input < inputs; input += 4) {
    const from = values + <usize>(input >> 3) * panelBytes + (<usize>(input & 4) << 2);
    if (columns > 4) accumulateOuter(gradients, rowBytes, from, deltas, rows, inputs - input, columns);
    else accumulateOuterHalf(gradients, rowBytes, from, deltas, rows, inputs - input, columns);
    gradients += 4 * rowBytes;
  }
}

/** Derivatives by a layer's inputs from those by its pre-activations. */
function multiplyTransposed(layer: usize, deltas: usize, target: usize, panelBytes: usize, rows: i32): void {
  const outputs = field(layer, LAYER_OUTPUTS);
  const inputs = field(layer, LAYER_INPUTS);
  const panels = panelsOf(inputs);
  let weights = pointerField(layer, LAYER_TRANSPOSED);
  for (let panel = 0; panel < panels; panel++) {
    multiplyColumns(target, deltas, panelBytes, weights, outputs, rows, inputs - panel * 8);
    weights += <usize>(1 + outputs) * PANEL_BYTES;
    target += panelBytes;
  }
}
