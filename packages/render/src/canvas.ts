import { InputError } from '@understudy/errors';
import { type Color, checkPictureSize, type Picture } from './picture.ts';
import { addPolygonEdges } from './polygon-coverage.ts';

/** Size and ground of a {@link Canvas}. */
export interface CanvasOptions {
  /** Pixels, 16 to 4096. */
  readonly width: number;
  /** Pixels, 16 to 4096. */
  readonly height: number;
  /** What the canvas is filled with at first; white by default. */
  readonly background?: Color;
}

/** The part of the world that a {@link Canvas} shows, in world units with y up. */
export interface CanvasView {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/**
 * A 2-D drawing surface with antialiased edges: shapes are given in world coordinates, y up, and later ones cover
 * earlier ones.
 *
 * The view is scaled alike in both directions and centred, so a circle stays round; {@link setView} chooses it, and
 * without it a world unit is a pixel and the origin the bottom left corner. Whatever lies outside is cut off.
 */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #data: Uint8Array;
  readonly #background: Color;
  /** Pixel of a world point: `[offsetX + scale x, offsetY - scale y]`. */
  #scale = 1;
  #offsetX = 0;
  #offsetY: number;
  /** Signed area contributions of a polygon's edges, made by the first polygon; all 0 between polygons. */
  #coverage: Float32Array | undefined;

  /** @throws InputError if a side isn't a whole number of 16 to 4096 pixels. */
  constructor(options: CanvasOptions) {
    checkPictureSize(options.width, options.height);
    this.width = options.width;
    this.height = options.height;
    this.#data = new Uint8Array(3 * options.width * options.height);
    this.#background = options.background ?? [255, 255, 255];
    this.#offsetY = options.height;
    this.clear();
  }

  /** Pixels that one world unit takes. */
  get scale(): number {
    return this.#scale;
  }

  /** Shows the whole of `view`, centred; the longer side of the canvas shows more. @throws InputError if it is empty. */
  setView(view: CanvasView): void {
    const { left, right, bottom, top } = view;
    const scale = Math.min(this.width / (right - left), this.height / (top - bottom));
    if (!(right > left && top > bottom) || !(scale > 0 && Number.isFinite(scale))) {
      throw new InputError(
        `a canvas view needs finite left < right and bottom < top, got left ${left}, right ${right}, ` +
          `bottom ${bottom}, top ${top}`,
      );
    }
    this.#scale = scale;
    this.#offsetX = this.width / 2 - (scale * (left + right)) / 2;
    this.#offsetY = this.height / 2 + (scale * (bottom + top)) / 2;
  }

  /** Fills everything with one colour, the background by default. */
  clear(color: Color = this.#background): void {
    const data = this.#data;
    for (let i = 0; i < data.length; i += 3) {
      data[i] = color[0];
      data[i + 1] = color[1];
      data[i + 2] = color[2];
    }
  }

  /** A disc around `(x, y)`; `radius` in world units. */
  fillCircle(x: number, y: number, radius: number, color: Color): void {
    this.#ring(x, y, 0, radius * this.#scale, color);
  }

  /** A circle line around `(x, y)`, as wide as `lineWidth` pixels; `radius` in world units to the line's middle. */
  strokeCircle(x: number, y: number, radius: number, lineWidth: number, color: Color): void {
    const middle = radius * this.#scale;
    this.#ring(x, y, Math.max(0, middle - lineWidth / 2), middle + lineWidth / 2, color);
  }

  /**
   * A line through points, with round ends and joints.
   *
   * @param points - `[n, 2]`, flat; a single point gives a dot.
   * @param lineWidth - Pixels.
   */
  strokeLine(points: ArrayLike<number>, lineWidth: number, color: Color): void {
    const count = checkPoints('strokeLine', points);
    if (count === 1) this.#segment(points[0], points[1], points[0], points[1], lineWidth, color);
    for (let i = 1; i < count; i++) {
      this.#segment(points[2 * i - 2], points[2 * i - 1], points[2 * i], points[2 * i + 1], lineWidth, color);
    }
  }

  /**
   * The area inside a closed outline that doesn't cross itself, whichever way it runs.
   *
   * @param points - The corners, `[n, 2]`, flat; the last is joined to the first. Fewer than three fill nothing.
   */
  fillPolygon(points: ArrayLike<number>, color: Color): void {
    const count = checkPoints('fillPolygon', points);
    const { width, height } = this;
    this.#coverage ??= new Float32Array((width + 1) * height);
    const coverage = this.#coverage;
    let [left, right, top, bottom] = [width, 0, height, 0];
    for (let i = 0; i < count; i++) {
      const j = i + 1 === count ? 0 : i + 1;
      const y0 = this.#offsetY - this.#scale * points[2 * i + 1];
      const y1 = this.#offsetY - this.#scale * points[2 * j + 1];
      const x0 = this.#offsetX + this.#scale * points[2 * i];
      const x1 = this.#offsetX + this.#scale * points[2 * j];
      left = Math.min(left, x0);
      right = Math.max(right, x0);
      top = Math.min(top, y0);
      bottom = Math.max(bottom, y0);
      addPolygonEdges(coverage, width, height, x0, y0, x1, y1);
    }
    const endRow = Math.min(height, Math.ceil(bottom));
    const firstColumn = Math.min(width, Math.max(0, Math.floor(left)));
    const endColumn = Math.min(width, Math.ceil(right));
    for (let row = Math.max(0, Math.floor(top)); row < endRow; row++) {
      this.#paintCoverage(row, firstColumn, endColumn, color);
    }
  }

  /** An upright rectangle. Its sides may be given in either order. */
  fillRectangle(left: number, bottom: number, right: number, top: number, color: Color): void {
    checkFinite('fillRectangle', left + bottom + right + top);
    const x0 = this.#offsetX + this.#scale * Math.min(left, right);
    const x1 = this.#offsetX + this.#scale * Math.max(left, right);
    const y0 = this.#offsetY - this.#scale * Math.max(bottom, top);
    const y1 = this.#offsetY - this.#scale * Math.min(bottom, top);
    const endRow = Math.min(this.height, Math.ceil(y1));
    const endColumn = Math.min(this.width, Math.ceil(x1));
    for (let row = Math.max(0, Math.floor(y0)); row < endRow; row++) {
      const rowCoverage = Math.min(row + 1, y1) - Math.max(row, y0);
      for (let column = Math.max(0, Math.floor(x0)); column < endColumn; column++) {
        const columnCoverage = Math.min(column + 1, x1) - Math.max(column, x0);
        this.#blend(row * this.width + column, rowCoverage * columnCoverage, color);
      }
    }
  }

  /** The picture as it is now; a copy, so drawing may go on. */
  frame(): Picture {
    return { width: this.width, height: this.height, data: this.#data.slice() };
  }

  /** What lies between two circles, radii in pixels; a pixel's coverage is taken from its middle's distances to both. */
  #ring(x: number, y: number, inner: number, outer: number, color: Color): void {
    checkFinite('a circle', x + y + inner + outer);
    if (outer <= 0) return;
    const middleX = this.#offsetX + this.#scale * x;
    const middleY = this.#offsetY - this.#scale * y;
    const endRow = Math.min(this.height, Math.ceil(middleY + outer + 0.5));
    const reach = outer + 0.5;
    // A dot smaller than a pixel keeps its area: its edge distance alone would make it too bright.
    const strength = outer < 0.5 ? 4 * outer * outer : 1;
    for (let row = Math.max(0, Math.floor(middleY - reach)); row < endRow; row++) {
      const dy = row + 0.5 - middleY;
      const half = Math.sqrt(Math.max(0, reach * reach - dy * dy));
      const endColumn = Math.min(this.width, Math.ceil(middleX + half));
      for (let column = Math.max(0, Math.floor(middleX - half)); column < endColumn; column++) {
        const dx = column + 0.5 - middleX;
        const distance = Math.sqrt(dx * dx + dy * dy);
        const hole = inner > 0 ? clamp01(inner - distance + 0.5) : 0;
        const coverage = clamp01(Math.max(outer, 0.5) - distance + 0.5) - hole;
        this.#blend(row * this.width + column, coverage * strength, color);
      }
    }
  }

  /** A straight piece of a line: everything within half the line width of it. */
  #segment(x0: number, y0: number, x1: number, y1: number, lineWidth: number, color: Color): void {
    checkFinite('strokeLine', x0 + y0 + x1 + y1 + lineWidth);
    if (lineWidth <= 0) return;
    const ax = this.#offsetX + this.#scale * x0;
    const ay = this.#offsetY - this.#scale * y0;
    const bx = this.#scale * (x1 - x0);
    const by = -this.#scale * (y1 - y0);
    const length = bx * bx + by * by;
    const half = Math.max(lineWidth, 1) / 2;
    const strength = Math.min(1, lineWidth);
    const reach = half + 0.5;
    const endRow = Math.min(this.height, Math.ceil(Math.max(ay, ay + by) + reach));
    for (let row = Math.max(0, Math.floor(Math.min(ay, ay + by) - reach)); row < endRow; row++) {
      const py = row + 0.5 - ay;
      // Only the part of the segment whose height is within reach of this row can touch it.
      let from = 0;
      let to = 1;
      if (Math.abs(by) > 1e-9) {
        const t0 = (py - reach) / by;
        const t1 = (py + reach) / by;
        from = clamp01(Math.min(t0, t1));
        to = clamp01(Math.max(t0, t1));
      }
      const left = ax + Math.min(bx * from, bx * to) - reach;
      const right = ax + Math.max(bx * from, bx * to) + reach;
      const endColumn = Math.min(this.width, Math.ceil(right));
      for (let column = Math.max(0, Math.floor(left)); column < endColumn; column++) {
        const px = column + 0.5 - ax;
        const t = length > 0 ? clamp01((px * bx + py * by) / length) : 0;
        const dx = px - t * bx;
        const dy = py - t * by;
        const coverage = half - Math.sqrt(dx * dx + dy * dy) + 0.5;
        if (coverage > 0) this.#blend(row * this.width + column, Math.min(1, coverage) * strength, color);
      }
    }
  }

  /** Paints what the coverage buffer holds in a part of a row, and clears the row's entries. */
  #paintCoverage(row: number, firstColumn: number, endColumn: number, color: Color): void {
    const coverage = this.#coverage!;
    const start = row * (this.width + 1);
    let sum = 0;
    for (let column = firstColumn; column < endColumn; column++) {
      sum += coverage[start + column];
      coverage[start + column] = 0;
      this.#blend(row * this.width + column, Math.min(1, Math.abs(sum)), color);
    }
    coverage[start + Math.max(firstColumn, endColumn)] = 0;
  }

  #blend(pixel: number, coverage: number, color: Color): void {
    // Rounding leaves about 1e-6 of coverage outside polygons, which must not change a pixel.
    if (coverage <= 1e-4) return;
    const data = this.#data;
    const i = 3 * pixel;
    data[i] += Math.round((color[0] - data[i]) * coverage);
    data[i + 1] += Math.round((color[1] - data[i + 1]) * coverage);
    data[i + 2] += Math.round((color[2] - data[i + 2]) * coverage);
  }
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** `sum` is finite if all of a call's coordinates are (and none is beyond any use). */
function checkFinite(call: string, sum: number): void {
  if (!Number.isFinite(sum)) throw new InputError(`${call} was given a coordinate or size that isn't finite`);
}

function checkPoints(call: string, points: ArrayLike<number>): number {
  if (points.length % 2 !== 0) {
    throw new InputError(`the points of ${call} are x, y pairs, flat, but there are ${points.length} numbers`);
  }
  let sum = 0;
  for (let i = 0; i < points.length; i++) sum += points[i];
  checkFinite(call, sum);
  return points.length / 2;
}
