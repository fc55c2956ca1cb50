// Products of single rows with unpacked weights: for batches so small that packing would cost more than it saves.

import { PANEL_BYTES, panelsOf } from './descriptor';
import { madd } from './vector';

/**
 * `target[row] = bias + values[row] * weights` for one row, both sides in panels `panelBytes` apart.
 *
 * The weights are read once, front to back, four of their rows at a time. Sums run in the order of `multiplyPanel`, so
 * a row's result does not depend on the size of its batch.
 */
export function multiplyRow(
  target: usize,
  values: usize,
  panelBytes: usize,
  weights: usize,
  inputs: i32,
  outputs: i32,
): void {
  const rowBytes = <usize>outputs << 2;
  const panels = panelsOf(outputs);
  const bias = weights + <usize>inputs * rowBytes;
  const biasEnd = bias + <usize>panels * PANEL_BYTES;
  let to = target;
  for (let at = bias; at < biasEnd; at += PANEL_BYTES) {
    v128.store(to, v128.load(at));
    v128.store(to, v128.load(at, 16), 16);
    to += panelBytes;
  }
  for (let k = 0; k < inputs; k += 4) {
    const value = values + <usize>(k >> 3) * panelBytes + (<usize>(k & 4) << 2);
    if (k + 4 <= inputs) {
      addFourRows(target, value, panelBytes, weights, rowBytes, panels);
    } else {
      for (let rest: usize = 0; rest < <usize>(inputs - k); rest++) {
        addOneRow(target, value + rest * 4, panelBytes, weights + rest * rowBytes, panels);
      }
    }
    weights += 4 * rowBytes;
  }
}

/** Adds four rows of the weights, each times one of four values. */
function addFourRows(
  target: usize,
  values: usize,
  panelBytes: usize,
  weights: usize,
  rowBytes: usize,
  panels: i32,
): void {
  const x0 = v128.load32_splat(values), x1 = v128.load32_splat(values, 4);
  const x2 = v128.load32_splat(values, 8), x3 = v128.load32_splat(values, 12);
  const end = weights + <usize>panels * PANEL_BYTES;
  const w2 = rowBytes + rowBytes;
  const w3 = w2 + rowBytes;
  for (let w = weights; w < end; w += PANEL_BYTES) {
    let low = v128.load(target), high = v128.load(target, 16);
    low = madd(x0, v128.load(w), low);
    high = madd(x0, v128.load(w, 16), high);
    low = madd(x1, v128.load(w + rowBytes), low);
    high = madd(x1, v128.load(w + rowBytes, 16), high);
    low = madd(x2, v128.load(w + w2), low);
    high = madd(x2, v128.load(w + w2, 16), high);
    low = madd(x3, v128.load(w + w3), low);
    high = madd(x3, v128.load(w + w3, 16), high);
    v128.store(target, low);
    v128.store(target, high, 16);
    target += panelBytes;
  }
}

function addOneRow(target: usize, value: usize, panelBytes: usize, weights: usize, panels: i32): void {
  const x = v128.load32_splat(value);
  for (; panels > 0; panels--) {
    v128.store(target, madd(x, v128.load(weights), v128.load(target)));
    v128.store(target, madd(x, v128.load(weights, 16), v128.load(target, 16)), 16);
    weights += PANEL_BYTES;
    target += panelBytes;
  }
}
