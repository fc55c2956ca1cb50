/** Neighbouring pixels of a row that show one face of one shape: what is coloured at a time. */
export class PixelRun {
  count = 0;
  /** Slopes of the first pixel's ray to the right and upwards; the following rays are a pixel to the right each. */
  readonly start = new Float64Array(2);
  /** How far along its ray each pixel's point lies, in lengths of the ray's direction. */
  readonly distances: Float64Array;
  /** The share of the lamp's light that reaches each point, 0 to 1. */
  readonly light: Float64Array;

  /** @param width - The most pixels that it holds. */
  constructor(width: number) {
    this.distances = new Float64Array(width);
    this.light = new Float64Array(width);
  }
}
