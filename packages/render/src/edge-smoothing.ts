import { PixelRun } from './pixel-run.ts';
import type { Shader } from './shader.ts';
import { enterSolid } from './solids.ts';
import type { TranslucentLayers } from './translucent-layers.ts';
import { faceBits, nothing, type Visibility } from './visibility.ts';

/**
 * Four rays a pixel, each nearest to one {@link side}, in pixels from its middle to the right and down: no two on one row,
 * column or diagonal.
 */
const samples = [-0.125, -0.375, 0.375, -0.125, 0.125, 0.375, -0.375, 0.125] as const;
const side = { top: 0, right: 1, bottom: 2, left: 3 } as const;
/** Sum of the differences of red, green and blue from which on a step between two pixels shows. */
const visibleStep = 12;
/** Neighbours of a pixel, `[8, 2]` of columns and rows; the near ones first. */
const neighbours = [-1, 0, 1, 0, 0, -1, 0, 1, -1, -1, 1, -1, -1, 1, 1, 1] as const;

/**
 * Smooths outlines. Where neighbouring pixels show different shapes or faces, four rays tell what shares of the pixel
 * each of them takes; their colours are those that the pixel and its neighbours have already.
 */
export class EdgeSmoother {
  readonly #visibility: Visibility;
  readonly #shader: Shader;
  readonly #translucent: TranslucentLayers;
  /** Of the pixel and its neighbours: each layer that they show, and a pixel that shows it. */
  readonly #layers = new Int32Array(9);
  readonly #examples = new Int32Array(9);
  #layerCount = 0;
  /** Opaque shapes that they show. */
  readonly #solids = new Int32Array(9);
  #solidCount = 0;
  readonly #ray = new Float64Array(8);
  readonly #hit = new Float64Array(2);
  /** Distance to what a ray meets first. */
  readonly #nearest = new Float64Array(1);
  readonly #run = new PixelRun(1);
  readonly #color = new Uint8Array(3);
  /** Bits of the {@link side}s of each pixel where an outline runs. */
  readonly #edges: Uint8Array;
  /** Of the colours of a pixel's rays. */
  readonly #sum = new Int32Array(3);

  constructor(visibility: Visibility, shader: Shader, translucent: TranslucentLayers) {
    this.#visibility = visibility;
    this.#shader = shader;
    this.#translucent = translucent;
    this.#edges = new Uint8Array(visibility.keys.length);
  }

  /**
   * Smooths a picture.
   *
   * @param data - Colours of the pixels' middles.
   * @param smoothed - A copy, which is changed.
   */
  smooth(data: Uint8Array, smoothed: Uint8Array): void {
    const { width, height } = this.#visibility;
    const edges = this.#edges;
    this.#findEdges(data);
    for (let row = 0, pixel = 0; row < height; row++) {
      for (let column = 0; column < width; column++, pixel++) {
        if (edges[pixel] !== 0) this.#smoothPixel(column, row, edges[pixel], data, smoothed);
      }
    }
  }

  #findEdges(data: Uint8Array): void {
    const { width, height } = this.#visibility;
    const { layers } = this.#translucent;
    const edges = this.#edges;
    edges.fill(0);
    for (let row = 0, pixel = 0; row < height; row++) {
      const last = (row + 1) * width - 1;
      for (let layer = layers[pixel], next = layer; pixel <= last; pixel++, layer = next) {
        if (pixel < last) next = layers[pixel + 1];
        if (layer !== next && isVisible(data, pixel, pixel + 1)) {
          edges[pixel] |= 1 << side.right;
          edges[pixel + 1] |= 1 << side.left;
        }
        const below = pixel + width;
        if (below < layers.length && layer !== layers[below] && isVisible(data, pixel, below)) {
          edges[pixel] |= 1 << side.bottom;
          edges[below] |= 1 << side.top;
        }
      }
    }
  }

  /** @param sides - Bits of the sides on which the pixel's neighbours show something else. */
  #smoothPixel(column: number, row: number, sides: number, data: Uint8Array, smoothed: Uint8Array): void {
    const sum = this.#sum;
    this.#lookAround(column, row);
    sum.fill(2);
    // Where the rays next to the other shapes miss them, so do the rest.
    let meetsOthers = false;
    for (let i = 0; i < 4; i++)
      if ((sides >> i) & 1) meetsOthers = this.#addSample(i, column, row, data) || meetsOthers;
    if (!meetsOthers) return;
    for (let i = 0; i < 4; i++) if (!((sides >> i) & 1)) this.#addSample(i, column, row, data);
    const out = 3 * (row * this.#visibility.width + column);
    for (let c = 0; c < 3; c++) smoothed[out + c] = sum[c] >> 2;
  }

  /** Adds the colour that a ray shows; returns whether it shows something else than the pixel's middle. */
  #addSample(sample: number, column: number, row: number, data: Uint8Array): boolean {
    const { columns, rows, slope, translucent } = this.#visibility;
    const ray = this.#ray;
    const sum = this.#sum;
    ray[6] = columns[column] + samples[2 * sample] * slope;
    ray[7] = rows[row] - samples[2 * sample + 1] * slope;
    const key = this.#findNearest();
    let layer = key;
    if (translucent.length > 0) layer = this.#translucent.layerOf(ray, key, this.#nearest[0], column, row);
    let known = 0;
    while (known < this.#layerCount && this.#layers[known] !== layer) known++;
    if (known < this.#layerCount) {
      const at = 3 * this.#examples[known];
      for (let c = 0; c < 3; c++) sum[c] += data[at + c];
    } else {
      this.#shadeRay(key, column, row);
      for (let c = 0; c < 3; c++) sum[c] += this.#color[c];
    }
    return known > 0;
  }

  /** Notes what a pixel and its neighbours show. */
  #lookAround(column: number, row: number): void {
    const { width, height } = this.#visibility;
    const { layers } = this.#translucent;
    this.#layerCount = 0;
    this.#solidCount = 0;
    this.#note(row * width + column, layers);
    for (let i = 0; i < neighbours.length; i += 2) {
      const x = column + neighbours[i];
      const y = row + neighbours[i + 1];
      if (x >= 0 && y >= 0 && x < width && y < height) this.#note(y * width + x, layers);
    }
  }

  #note(pixel: number, layers: Int32Array): void {
    const layer = layers[pixel];
    let known = 0;
    while (known < this.#layerCount && this.#layers[known] !== layer) known++;
    if (known < this.#layerCount) return;
    this.#layers[known] = layer;
    this.#examples[known] = pixel;
    this.#layerCount++;
    const key = this.#visibility.keys[pixel];
    if (key === nothing) return;
    const solid = key >> faceBits;
    let i = 0;
    while (i < this.#solidCount && this.#solids[i] !== solid) i++;
    if (i === this.#solidCount) this.#solids[this.#solidCount++] = solid;
  }

  /** Sets {@link #nearest} to where the ray meets the first of the opaque shapes around; returns its key. */
  #findNearest(): number {
    const { scene, frames } = this.#visibility;
    const ray = this.#ray;
    const hit = this.#hit;
    const nearest = this.#nearest;
    let key = nothing;
    nearest[0] = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#solidCount; i++) {
      const solid = this.#solids[i];
      frames.castRay(solid, ray);
      if (!enterSolid(scene.kinds[solid], scene.sizes, 3 * solid, ray, hit) || hit[0] >= nearest[0]) continue;
      key = (solid << faceBits) | hit[1];
      nearest[0] = hit[0];
    }
    return key;
  }

  #shadeRay(key: number, column: number, row: number): void {
    const run = this.#run;
    run.count = 1;
    run.start[0] = this.#ray[6];
    run.start[1] = this.#ray[7];
    run.distances[0] = this.#nearest[0];
    this.#shader.shade(key, run, this.#color, 0);
    this.#translucent.blendRay(this.#ray, this.#nearest[0], column, row, this.#color);
  }
}

function isVisible(data: Uint8Array, pixel: number, other: number): boolean {
  const a = 3 * pixel;
  const b = 3 * other;
  const step = Math.abs(data[a] - data[b]) + Math.abs(data[a + 1] - data[b + 1]) + Math.abs(data[a + 2] - data[b + 2]);
  return step > visibleStep;
}
