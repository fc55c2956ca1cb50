// Moving matrices between row-major order and panels of 8 columns.

import { PANEL_BYTES, panelsOf } from './descriptor';

/**
 * Row-major `[rows, columns]` to panels `[panel][row][8]`, the panels `panelBytes` apart. The columns that pad the last
 * panel hold whatever follows in memory; nobody reads them for a result.
 */
export function rowsToPanels(source: usize, target: usize, panelBytes: usize, columns: i32, rows: i32): void {
  const rowBytes = <usize>columns << 2;
  const panels = panelsOf(columns);
  for (let panel = 0; panel < panels; panel++) {
    let from = source + <usize>panel * PANEL_BYTES;
    let to = target + <usize>panel * panelBytes;
    for (let row = 0; row < rows; row++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += rowBytes;
      to += PANEL_BYTES;
    }
  }
}

/**
 * Panels to row-major. Each store covers 8 columns and so may spill into the next row, which is written after it, and
 * past the last row by at most 28 bytes: the target needs so much slack.
 */
export function panelsToRows(source: usize, target: usize, panelBytes: usize, columns: i32, rows: i32): void {
  const rowBytes = <usize>columns << 2;
  const panels = panelsOf(columns);
  for (let row = 0; row < rows; row++) {
    let from = source + <usize>row * PANEL_BYTES;
    let to = target + <usize>row * rowBytes;
    for (let panel = 0; panel < panels; panel++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += panelBytes;
      to += PANEL_BYTES;
    }
  }
}

/** Weights `[inputs, outputs]` and the bias behind them to panels `[panel][1 + inputs][8]`, the bias as first row. */
export function packWeights(weights: usize, target: usize, inputs: i32, outputs: i32): void {
  const rowBytes = <usize>outputs << 2;
  const panelBytes = <usize>(1 + inputs) * PANEL_BYTES;
  const panels = panelsOf(outputs);
  packRow(weights + <usize>inputs * rowBytes, target, panelBytes, panels);
  for (let input = 0; input < inputs; input++) {
    target += PANEL_BYTES;
    packRow(weights, target, panelBytes, panels);
    weights += rowBytes;
  }
}

@inline
function packRow(from: usize, to: usize, panelBytes: usize, panels: i32): void {
  for (let panel = 0; panel < panels; panel++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += PANEL_BYTES;
    to += panelBytes;
  }
}

/** The transposed weights `[outputs, inputs]` to panels `[panel][1 + outputs][8]`, the first row zero. */
export function packTransposed(weights: usize, target: usize, inputs: i32, outputs: i32): void {
  const rowBytes = <usize>outputs << 2;
  const panels = panelsOf(inputs);
  const zero = f32x4.splat(0);
  for (let panel = 0; panel < panels; panel++) {
    v128.store(target, zero);
    v128.store(target, zero, 16);
    target += PANEL_BYTES;
    transposeHalf(weights + <usize>panel * 8 * rowBytes, target, rowBytes, outputs, min(4, inputs - panel * 8));
    transposeHalf(
      weights + (<usize>panel * 8 + 4) * rowBytes,
      target + 16,
      rowBytes,
      outputs,
      min(4, inputs - panel * 8 - 4),
    );
    target += <usize>outputs * PANEL_BYTES;
  }
}

/** Four rows of the weights (the last one repeated where fewer are left) into half the columns of a panel. */
function transposeHalf(weights: usize, target: usize, rowBytes: usize, outputs: i32, rows: i32): void {
  if (rows <= 0) return;
  const p1 = rows > 1 ? weights + rowBytes : weights;
  const p2 = rows > 2 ? p1 + rowBytes : p1;
  const p3 = rows > 3 ? p2 + rowBytes : p2;
  let column = 0;
  let shift: usize = 0;
  for (; column + 4 <= outputs; column += 4) {
    const a = v128.load(weights + shift);
    const b = v128.load(p1 + shift);
    const c = v128.load(p2 + shift);
    const d = v128.load(p3 + shift);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f64>(abLow, cdLow, 0, 2));
    v128.store(target, v128.shuffle<f64>(abLow, cdLow, 1, 3), 32);
    v128.store(target, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), 64);
    v128.store(target, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), 96);
    target += 128;
    shift += 16;
  }
  for (; column < outputs; column++) {
    store<f32>(target, load<f32>(weights + shift));
    store<f32>(target, load<f32>(p1 + shift), 4);
    store<f32>(target, load<f32>(p2 + shift), 8);
    store<f32>(target, load<f32>(p3 + shift), 12);
    target += 32;
    shift += 4;
  }
}
