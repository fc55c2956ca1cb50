/**
 * Adds one edge of a polygon to a buffer of signed area differences: the running sum along a row then gives, at every
 * pixel, the covered share of its area (exactly, for straight edges), positive or negative by the outline's direction.
 *
 * This is the accumulation buffer of font rasterisers: an edge puts its height into the pixels it crosses, each taking
 * the share of its area right of the edge and handing the rest on to its right neighbour. Edges left of the frame put
 * their height into column 0, edges right of it into the spare last column.
 *
 * @param coverage - `[height, width + 1]`
 * @param x0 - Pixels; so are `y0`, `x1`, `y1`, with y down.
 */
export function addPolygonEdges(
  coverage: Float32Array,
  width: number,
  height: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? 1 : -1;
  const top = Math.min(y0, y1);
  const bottom = Math.min(height, Math.max(y0, y1));
  const slope = (x1 - x0) / (y1 - y0);
  const topX = y0 < y1 ? x0 : x1;
  for (let row = Math.max(0, Math.floor(top)); row < bottom; row++) {
    const from = Math.max(row, top);
    const to = Math.min(row + 1, bottom);
    const xFrom = topX + (from - top) * slope;
    const xTo = topX + (to - top) * slope;
    const left = Math.min(xFrom, xTo);
    const right = Math.max(xFrom, xTo);
    addRowPiece(coverage, row * (width + 1), width, left, right, direction * (to - from));
  }
}

/** The piece of an edge inside one row, from `left` to `right`, of the signed height `rise`. */
function addRowPiece(
  coverage: Float32Array,
  start: number,
  width: number,
  left: number,
  right: number,
  rise: number,
): void {
  if (right <= 0) {
    coverage[start] += rise;
    return;
  }
  if (left >= width) return;
  if (right - left < 1e-6) {
    const column = Math.min(width - 1, Math.max(0, Math.floor(left)));
    const beyond = Math.min(1, Math.max(0, left - column));
    coverage[start + column] += rise * (1 - beyond);
    coverage[start + column + 1] += rise * beyond;
    return;
  }
  const riseOfUnit = rise / (right - left);
  if (left < 0) coverage[start] += -left * riseOfUnit;
  const end = Math.min(width, right);
  for (let column = Math.floor(Math.max(0, left)); column < end; column++) {
    const from = Math.max(column, left);
    const to = Math.min(column + 1, right);
    const part = riseOfUnit * (to - from);
    // The mean distance of this piece from the pixel's left side is the share of the area that it leaves uncovered.
    const beyond = (from + to) / 2 - column;
    coverage[start + column] += part * (1 - beyond);
    coverage[start + column + 1] += part * beyond;
  }
}
