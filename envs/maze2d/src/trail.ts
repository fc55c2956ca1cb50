/** Where the ball has been lately: a ring that a step writes without allocating. */
export class Trail {
  readonly #ring: Float64Array;
  #count = 0;

  /** @param length - How many places are kept. */
  constructor(length: number) {
    this.#ring = new Float64Array(2 * length);
  }

  add(x: number, y: number): void {
    const at = (2 * this.#count) % this.#ring.length;
    this.#ring[at] = x;
    this.#ring[at + 1] = y;
    this.#count++;
  }

  clear(): void {
    this.#count = 0;
  }

  /**
   * The places, oldest first, and where the ball is now, `[n, 2]`.
   *
   * @param transform - Coordinates to draw a place at.
   */
  points(x: number, y: number, transform: (x: number, y: number) => number[]): Float64Array {
    const length = this.#ring.length / 2;
    const kept = Math.min(this.#count, length);
    const first = this.#count - kept;
    const points = new Float64Array(2 * (kept + 1));
    for (let i = 0; i < kept; i++) {
      const at = 2 * ((first + i) % length);
      points.set(transform(this.#ring[at], this.#ring[at + 1]), 2 * i);
    }
    points.set(transform(x, y), 2 * kept);
    return points;
  }
}
