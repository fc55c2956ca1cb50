// The matrix products over panels, in tiles of 4 rows by 8 columns whose sums stay in registers.
//
// The inner loops do one step of the sum and no more, and are counted by a pointer: V8 unrolls such small loops itself,
// and within one longer block it would move all loads up, run out of registers and lose a third of the speed.

import { PANEL_BYTES } from './descriptor';
import { madd } from './vector';

/**
 * One panel of a product: `target[row][8] = initial[row][8] + sum over k of values[row][k] * weights[1 + k][8]`.
 *
 * @param values - Panels `[k / 8][row][8]`, `panelBytes` apart.
 * @param initial - What the sums start from, rows `step` bytes apart: 0 for one row that serves all.
 * @param rows - Rounded up to whole tiles; the buffers have room for it.
 */
function multiplyPanel(
  target: usize,
  values: usize,
  panelBytes: usize,
  weights: usize,
  initial: usize,
  step: usize,
  depth: i32,
  rows: i32,
): void {
  const first = weights + PANEL_BYTES;
  for (let row = 0; row < rows; row += 4) {
    let a00 = v128.load(initial), a01 = v128.load(initial, 16);
    let a10 = v128.load(initial + step), a11 = v128.load(initial + step, 16);
    let a20 = v128.load(initial + 2 * step), a21 = v128.load(initial + 2 * step, 16);
    let a30 = v128.load(initial + 3 * step), a31 = v128.load(initial + 3 * step, 16);
    initial += 4 * step;
    let panel = values;
    let w = first;
    for (let k = depth; k > 0; k -= 8) {
      let x = panel;
      const end = x + (<usize>min(k, 8) << 2);
      for (; x < end; x += 4) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        let s = v128.load32_splat(x);
        a00 = madd(s, w0, a00);
        a01 = madd(s, w1, a01);
        s = v128.load32_splat(x, 32);
        a10 = madd(s, w0, a10);
        a11 = madd(s, w1, a11);
        s = v128.load32_splat(x, 64);
        a20 = madd(s, w0, a20);
        a21 = madd(s, w1, a21);
        s = v128.load32_splat(x, 96);
        a30 = madd(s, w0, a30);
        a31 = madd(s, w1, a31);
        w += PANEL_BYTES;
      }
      panel += panelBytes;
    }
    v128.store(target, a00);
    v128.store(target, a01, 16);
    v128.store(target, a10, 32);
    v128.store(target, a11, 48);
    v128.store(target, a20, 64);
    v128.store(target, a21, 80);
    v128.store(target, a30, 96);
    v128.store(target, a31, 112);
    target += 128;
    values += 128;
  }
}

/** As `multiplyPanel` where a panel has at most 4 columns in use: tiles of 4 rows by 4. The other columns become zero. */
function multiplyHalfPanel(
  target: usize,
  values: usize,
  panelBytes: usize,
  weights: usize,
  initial: usize,
  step: usize,
  depth: i32,
  rows: i32,
): void {
  const zero = f32x4.splat(0);
  const first = weights + PANEL_BYTES;
  for (let row = 0; row < rows; row += 4) {
    let a0 = v128.load(initial), a1 = v128.load(initial + step);
    let a2 = v128.load(initial + 2 * step), a3 = v128.load(initial + 3 * step);
    initial += 4 * step;
    let panel = values;
    let w = first;
    for (let k = depth; k > 0; k -= 8) {
      let x = panel;
      const end = x + (<usize>min(k, 8) << 2);
      for (; x < end; x += 4) {
        const w0 = v128.load(w);
        a0 = madd(v128.load32_splat(x), w0, a0);
        a1 = madd(v128.load32_splat(x, 32), w0, a1);
        a2 = madd(v128.load32_splat(x, 64), w0, a2);
        a3 = madd(v128.load32_splat(x, 96), w0, a3);
        w += PANEL_BYTES;
      }
      panel += panelBytes;
    }
    v128.store(target, a0);
    v128.store(target, zero, 16);
    v128.store(target, a1, 32);
    v128.store(target, zero, 48);
    v128.store(target, a2, 64);
    v128.store(target, zero, 80);
    v128.store(target, a3, 96);
    v128.store(target, zero, 112);
    target += 128;
    values += 128;
  }
}

/**
 * A panel of a product by whichever kernel fits `columns`, the number of its columns in use. The sums start from the
 * first row of the weights.
 */
@inline
export function multiplyColumns(
  target: usize,
  values: usize,
  panelBytes: usize,
  weights: usize,
  depth: i32,
  rows: i32,
  columns: i32,
): void {
  if (columns > 4) multiplyPanel(target, values, panelBytes, weights, weights, 0, depth, rows);
  else multiplyHalfPanel(target, values, panelBytes, weights, weights, 0, depth, rows);
}

/** As `multiplyColumns`, but adds to what the target holds; the first row of the weights does not count. */
@inline
export function addColumns(
  target: usize,
  values: usize,
  panelBytes: usize,
  weights: usize,
  depth: i32,
  rows: i32,
  columns: i32,
): void {
  if (columns > 4) multiplyPanel(target, values, panelBytes, weights, target, PANEL_BYTES, depth, rows);
  else multiplyHalfPanel(target, values, panelBytes, weights, target, PANEL_BYTES, depth, rows);
}

/**
 * Adds four rows of a weight gradient: `gradients[i][8] += sum over rows of values[row][i] * deltas[row][8]`.
 *
 * @param values - Four columns of a panel of the layer's inputs.
 * @param deltas - A panel of the derivatives by the layer's pre-activations.
 * @param gradients - Row-major with `rowBytes` a row; only `inputs` rows (1 to 4) and `outputs` columns are touched.
 */
export function accumulateOuter(
  gradients: usize,
  rowBytes: usize,
  values: usize,
  deltas: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  let a00 = f32x4.splat(0), a01 = a00, a10 = a00, a11 = a00;
  let a20 = a00, a21 = a00, a30 = a00, a31 = a00;
  const end = deltas + <usize>rows * PANEL_BYTES;
  for (; deltas < end; deltas += PANEL_BYTES) {
    const d0 = v128.load(deltas);
    const d1 = v128.load(deltas, 16);
    let s = v128.load32_splat(values);
    a00 = madd(s, d0, a00);
    a01 = madd(s, d1, a01);
    s = v128.load32_splat(values, 4);
    a10 = madd(s, d0, a10);
    a11 = madd(s, d1, a11);
    s = v128.load32_splat(values, 8);
    a20 = madd(s, d0, a20);
    a21 = madd(s, d1, a21);
    s = v128.load32_splat(values, 12);
    a30 = madd(s, d0, a30);
    a31 = madd(s, d1, a31);
    values += PANEL_BYTES;
  }
  addRow(gradients, a00, a01, outputs);
  if (inputs > 1) addRow(gradients + rowBytes, a10, a11, outputs);
  if (inputs > 2) addRow(gradients + 2 * rowBytes, a20, a21, outputs);
  if (inputs > 3) addRow(gradients + 3 * rowBytes, a30, a31, outputs);
}

/** As `accumulateOuter` where at most 4 outputs are left. */
export function accumulateOuterHalf(
  gradients: usize,
  rowBytes: usize,
  values: usize,
  deltas: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  const end = deltas + <usize>rows * PANEL_BYTES;
  for (; deltas < end; deltas += PANEL_BYTES) {
    const d = v128.load(deltas);
    a0 = madd(v128.load32_splat(values), d, a0);
    a1 = madd(v128.load32_splat(values, 4), d, a1);
    a2 = madd(v128.load32_splat(values, 8), d, a2);
    a3 = madd(v128.load32_splat(values, 12), d, a3);
    values += PANEL_BYTES;
  }
  addLanes(gradients, a0, outputs);
  if (inputs > 1) addLanes(gradients + rowBytes, a1, outputs);
  if (inputs > 2) addLanes(gradients + 2 * rowBytes, a2, outputs);
  if (inputs > 3) addLanes(gradients + 3 * rowBytes, a3, outputs);
}

/** Adds the column sums of a panel of deltas to the bias gradients. */
export function accumulateSum(gradients: usize, deltas: usize, rows: i32, outputs: i32): void {
  let a0 = f32x4.splat(0), a1 = a0;
  for (let row = 0; row < rows; row++) {
    a0 = f32x4.add(a0, v128.load(deltas));
    a1 = f32x4.add(a1, v128.load(deltas, 16));
    deltas += PANEL_BYTES;
  }
  addRow(gradients, a0, a1, outputs);
}

/** Adds 8 lanes to memory, or as many as `columns` says when that is fewer. */
@inline
function addRow(target: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 8) {
    v128.store(target, f32x4.add(v128.load(target), low));
    v128.store(target, f32x4.add(v128.load(target, 16), high), 16);
  } else {
    addLanes(target, low, columns);
    if (columns > 4) addLanes(target + 16, high, columns - 4);
  }
}

/** Adds 4 lanes to memory, or as many as `columns` says when that is fewer. */
function addLanes(target: usize, lanes: v128, columns: i32): void {
  if (columns >= 4) {
    v128.store(target, f32x4.add(v128.load(target), lanes));
    return;
  }
  store<f32>(target, load<f32>(target) + f32x4.extract_lane(lanes, 0));
  if (columns > 1) store<f32>(target, load<f32>(target, 4) + f32x4.extract_lane(lanes, 1), 4);
  if (columns > 2) store<f32>(target, load<f32>(target, 8) + f32x4.extract_lane(lanes, 2), 8);
}
