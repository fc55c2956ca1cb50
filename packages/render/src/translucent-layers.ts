import { PixelRun } from './pixel-run.ts';
import type { Shader } from './shader.ts';
import { enterSolid } from './solids.ts';
import { faceBits, type Visibility } from './visibility.ts';

/** Lays translucent shapes over a picture of the opaque ones. */
export class TranslucentLayers {
  readonly #visibility: Visibility;
  readonly #shader: Shader;
  readonly #run: PixelRun;
  readonly #mixed: Int32Array;
  readonly #ray = new Float64Array(8);
  readonly #hit = new Float64Array(2);
  readonly #color = new Uint8Array(3);

  constructor(visibility: Visibility, shader: Shader) {
    this.#visibility = visibility;
    this.#shader = shader;
    this.#run = new PixelRun(1);
    this.#mixed = new Int32Array(visibility.keys.length);
  }

  /** What each pixel shows, translucent shapes in front included: an outline runs where these numbers differ. */
  get layers(): Int32Array {
    const { translucent, keys } = this.#visibility;
    return translucent.length > 0 ? this.#mixed : keys;
  }

  /** Draws them all. */
  blend(data: Uint8Array): void {
    const { translucent, keys, boxes, rows, columns, depths, width } = this.#visibility;
    if (translucent.length === 0) return;
    const ray = this.#ray;
    this.#mixed.set(keys);
    for (const solid of translucent) {
      for (let row = boxes[4 * solid + 2]; row < boxes[4 * solid + 3]; row++) {
        ray[7] = rows[row];
        for (let column = boxes[4 * solid]; column < boxes[4 * solid + 1]; column++) {
          ray[6] = columns[column];
          const pixel = row * width + column;
          if (!this.#meets(solid, depths[pixel])) continue;
          this.#mixed[pixel] = mix(this.#mixed[pixel], solid, this.#hit[1]);
          this.#lay(solid, data, 3 * pixel);
        }
      }
    }
  }

  /**
   * What a ray through a pixel shows.
   *
   * @param ray - Its slopes are `ray[6]` and `ray[7]`.
   * @param key - The opaque shape that it meets.
   * @param depth - How far away that is.
   */
  layerOf(ray: Float64Array, key: number, depth: number, column: number, row: number): number {
    let layer = key;
    for (const solid of this.#visibility.translucent) {
      if (this.#visibility.mayTouch(solid, column, row) && this.#meetsAlong(ray, solid, depth)) {
        layer = mix(layer, solid, this.#hit[1]);
      }
    }
    return layer;
  }

  /** Lays what a ray meets before `depth` over a colour. */
  blendRay(ray: Float64Array, depth: number, column: number, row: number, color: Uint8Array): void {
    for (const solid of this.#visibility.translucent) {
      if (this.#visibility.mayTouch(solid, column, row) && this.#meetsAlong(ray, solid, depth))
        this.#lay(solid, color, 0);
    }
  }

  #meetsAlong(ray: Float64Array, solid: number, depth: number): boolean {
    this.#ray[6] = ray[6];
    this.#ray[7] = ray[7];
    return this.#meets(solid, depth);
  }

  /** Whether the ray meets a shape before `depth`; where, is left in the hit. */
  #meets(solid: number, depth: number): boolean {
    const { scene, frames } = this.#visibility;
    frames.castRay(solid, this.#ray);
    return enterSolid(scene.kinds[solid], scene.sizes, 3 * solid, this.#ray, this.#hit) && this.#hit[0] < depth;
  }

  #lay(solid: number, data: Uint8Array, at: number): void {
    const run = this.#run;
    const color = this.#color;
    run.count = 1;
    run.start[0] = this.#ray[6];
    run.start[1] = this.#ray[7];
    run.distances[0] = this.#hit[0];
    this.#shader.shade((solid << faceBits) | this.#hit[1], run, color, 0);
    const opacity = this.#visibility.scene.colors[4 * solid + 3];
    for (let c = 0; c < 3; c++) data[at + c] += (color[c] - data[at + c]) * opacity;
  }
}

function mix(layer: number, solid: number, face: number): number {
  return (Math.imul(layer, 31) + ((solid << faceBits) | face)) | 0;
}
