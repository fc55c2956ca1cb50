// Forward mode, the directional derivative of the last forward pass, and reverse mode over it.

import { bend, bends, SILU } from './activation';
import {
  field,
  LAYER_ACTIVATION,
  LAYER_BLOCK_BYTES,
  LAYER_INPUTS,
  LAYER_OUTPUTS,
  LAYER_PACKED,
  LAYER_PACKED_TANGENTS,
  LAYER_PANELS,
  LAYER_SLOPES,
  LAYER_SUM_TANGENTS,
  LAYER_TANGENTS,
  LAYER_WEIGHTS,
  layerAt,
  NET_BLOCK_ROWS,
  NET_DELTA_A,
  NET_DELTA_B,
  NET_DELTA_C,
  NET_DELTA_D,
  NET_INPUT_BLOCK_BYTES,
  NET_INPUT_TANGENTS,
  NET_LAYERS,
  NET_PANEL_BYTES,
  PANEL_BYTES,
  panelsOf,
  pointerField,
} from './descriptor';
import { addColumns, multiplyColumns } from './multiply';
import {
  accumulateLayer,
  multiplyTransposed,
  PACKING_PAYS,
  packLayers,
  packTransposedLayers,
  rowsOfRun,
  slopePanels,
  valuesBelow,
} from './network';
import { packWeights, panelsToRows, rowsToPanels } from './pack';

/**
 * Derivative `[batch, outputs]` of the last `forward` along a direction; keeps what `tangentBackward` needs.
 *
 * @param parameterTangents - The direction's parameters, laid out as the network's, or 0 when they stand still.
 * @param inputTangents - The direction's inputs `[batch, inputs]`, or 0.
 */
export function tangent(
  network: usize,
  parameterTangents: usize,
  inputTangents: usize,
  outputs: usize,
  batch: i32,
): void {
  const layers = field(network, NET_LAYERS);
  const blockRows = field(network, NET_BLOCK_ROWS);
  const panelBytes = pointerField(network, NET_PANEL_BYTES);
  if (batch < PACKING_PAYS) packLayers(network, layers);
  if (parameterTangents) packParameterTangents(network, parameterTangents, layers);
  const inputCount = field(layerAt(network, 0), LAYER_INPUTS);
  const outputCount = field(layerAt(network, layers - 1), LAYER_OUTPUTS);
  for (let block = 0, done = 0; done < batch; block++, done += blockRows) {
    const rows = min(blockRows, batch - done);
    let tangents: usize = 0;
    if (inputTangents) {
      tangents = inputTangentsOf(network, block);
      rowsToPanels(inputTangents + <usize>(done * inputCount) * 4, tangents, panelBytes, inputCount, rows);
    }
    for (let index = 0; index < layers; index++) {
      const values = parameterTangents ? valuesBelow(network, index, block) : 0;
      tangents = tangentLayer(layerAt(network, index), values, tangents, panelBytes, block, rows);
    }
    panelsToRows(tangents, outputs + <usize>(done * outputCount) * 4, panelBytes, outputCount, rows);
  }
}

function packParameterTangents(network: usize, parameterTangents: usize, layers: i32): void {
  const first = pointerField(layerAt(network, 0), LAYER_WEIGHTS);
  for (let index = 0; index < layers; index++) {
    const layer = layerAt(network, index);
    packWeights(
      parameterTangents + (pointerField(layer, LAYER_WEIGHTS) - first),
      pointerField(layer, LAYER_PACKED_TANGENTS),
      field(layer, LAYER_INPUTS),
      field(layer, LAYER_OUTPUTS),
    );
  }
}

@inline
function inputTangentsOf(network: usize, block: i32): usize {
  return pointerField(network, NET_INPUT_TANGENTS) + <usize>block * pointerField(network, NET_INPUT_BLOCK_BYTES);
}

/**
 * One layer's tangents of one block; returns their panels.
 *
 * @param values - What goes into the layer, or 0 when its parameters stand still.
 * @param tangents - The tangents of what goes into the layer, or 0 when it stands still.
 */
function tangentLayer(
  layer: usize,
  values: usize,
  tangents: usize,
  panelBytes: usize,
  block: i32,
  rows: i32,
): usize {
  const inputs = field(layer, LAYER_INPUTS);
  const shift = <usize>block * pointerField(layer, LAYER_BLOCK_BYTES);
  const target = pointerField(layer, LAYER_TANGENTS) + shift;
  const panels = panelsOf(field(layer, LAYER_OUTPUTS));
  const runRows = rowsOfRun(inputs);
  for (let row = 0; row < rows; row += runRows) {
    const from = <usize>row * PANEL_BYTES;
    const below = values ? values + from : 0;
    const tangentsOfRun = tangents ? tangents + from : 0;
    tangentRows(layer, below, tangentsOfRun, target + from, panelBytes, min(runRows, rows - row));
  }
  const sumTangents = pointerField(layer, LAYER_SUM_TANGENTS);
  if (sumTangents) memory.copy(sumTangents + shift, target, <usize>panels * panelBytes);
  slopePanels(layer, target, panelBytes, block, rows);
  return target;
}

function tangentRows(layer: usize, values: usize, tangents: usize, target: usize, panelBytes: usize, rows: i32): void {
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const weightBytes = <usize>(1 + inputs) * PANEL_BYTES;
  const panels = panelsOf(outputs);
  let weights = pointerField(layer, LAYER_PACKED);
  let weightTangents = pointerField(layer, LAYER_PACKED_TANGENTS);
  for (let panel = 0; panel < panels; panel++) {
    const columns = outputs - panel * 8;
    if (values) multiplyColumns(target, values, panelBytes, weightTangents, inputs, rows, columns);
    else memory.fill(target, 0, <usize>((rows + 3) & ~3) * PANEL_BYTES);
    if (tangents) addColumns(target, tangents, panelBytes, weights, inputs, rows, columns);
    weights += weightBytes;
    weightTangents += weightBytes;
    target += panelBytes;
  }
}

/**
 * Adds to the gradients the derivatives, by the parameters, of the sum of `adjoints` `[batch, outputs]` times the
 * outputs of the last `tangent`, which must have had input tangents only.
 */
export function tangentBackward(network: usize, adjoints: usize, batch: i32): void {
  const layers = field(network, NET_LAYERS);
  const blockRows = field(network, NET_BLOCK_ROWS);
  const panelBytes = pointerField(network, NET_PANEL_BYTES);
  packTransposedLayers(network, 1, layers);
  const outputCount = field(layerAt(network, layers - 1), LAYER_OUTPUTS);
  for (let block = 0, done = 0; done < batch; block++, done += blockRows) {
    const rows = min(blockRows, batch - done);
    const deltas = pointerField(network, NET_DELTA_A);
    rowsToPanels(adjoints + <usize>(done * outputCount) * 4, deltas, panelBytes, outputCount, rows);
    tangentBackwardBlock(network, panelBytes, block, rows);
  }
}

/**
 * Two chains go down the layers: the adjoints of the tangents (`first`), and those of the values (`second`), which the
 * topmost bending activation starts.
 */
function tangentBackwardBlock(network: usize, panelBytes: usize, block: i32, rows: i32): void {
  let first = pointerField(network, NET_DELTA_A), spareFirst = pointerField(network, NET_DELTA_B);
  let second = pointerField(network, NET_DELTA_C), spareSecond = pointerField(network, NET_DELTA_D);
  let started = false;
  for (let index = field(network, NET_LAYERS) - 1; index >= 0; index--) {
    const layer = layerAt(network, index);
    const values = valuesBelow(network, index, block);
    if (bends(field(layer, LAYER_ACTIVATION))) {
      if (!started) memory.fill(second, 0, <usize>panelsOf(field(layer, LAYER_OUTPUTS)) * panelBytes);
      started = true;
      bendLayer(layer, values, first, second, spareFirst, panelBytes, block, rows);
    } else {
      slopePanels(layer, first, panelBytes, block, rows);
      if (started) slopePanels(layer, second, panelBytes, block, rows);
    }
    accumulateLayer(layer, tangentsBelow(network, index, block), first, panelBytes, rows, false);
    if (started) accumulateLayer(layer, values, second, panelBytes, rows, true);
    if (index == 0) break;
    multiplyTransposed(layer, first, spareFirst, panelBytes, rows);
    const swap = first;
    first = spareFirst;
    spareFirst = swap;
    if (started) {
      multiplyTransposed(layer, second, spareSecond, panelBytes, rows);
      const swapSecond = second;
      second = spareSecond;
      spareSecond = swapSecond;
    }
  }
}

function tangentsBelow(network: usize, index: i32, block: i32): usize {
  if (index == 0) return inputTangentsOf(network, block);
  const below = layerAt(network, index - 1);
  return pointerField(below, LAYER_TANGENTS) + <usize>block * pointerField(below, LAYER_BLOCK_BYTES);
}

/** @param scratch - Room for SiLU's pre-activations, which are computed again from the layer's `values`. */
function bendLayer(
  layer: usize,
  values: usize,
  first: usize,
  second: usize,
  scratch: usize,
  panelBytes: usize,
  block: i32,
  rows: i32,
): void {
  const kind = field(layer, LAYER_ACTIVATION);
  const inputs = field(layer, LAYER_INPUTS);
  const outputs = field(layer, LAYER_OUTPUTS);
  const panels = panelsOf(outputs);
  const weights = pointerField(layer, LAYER_PACKED);
  const shift = <usize>block * pointerField(layer, LAYER_BLOCK_BYTES);
  for (let panel = 0; panel < panels; panel++) {
    const within = <usize>panel * panelBytes;
    if (kind == SILU) {
      const own = weights + <usize>panel * <usize>(1 + inputs) * PANEL_BYTES;
      multiplyColumns(scratch, values, panelBytes, own, inputs, rows, outputs - panel * 8);
    }
    bend(
      kind,
      first + within,
      second + within,
      pointerField(layer, LAYER_PANELS) + shift + within,
      pointerField(layer, LAYER_TANGENTS) + shift + within,
      pointerField(layer, LAYER_SLOPES) + shift + within,
      scratch,
      pointerField(layer, LAYER_SUM_TANGENTS) + shift + within,
      <usize>rows * PANEL_BYTES,
    );
  }
}
