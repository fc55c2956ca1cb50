/** The last positions of a point in the plane, for pictures of its path. */
export class Trail {
  readonly #ring: Float64Array;
  #count = 0;

  /** @param length - How many positions are remembered. */
  constructor(length: number) {
    this.#ring = new Float64Array(2 * length);
  }

  /** Forgets everything but the position at `from[at]`, `from[at + 1]`. */
  restart(from: Float64Array, at: number): void {
    this.#count = 0;
    this.push(from, at);
  }

  /** Adds the position at `from[at]`, `from[at + 1]`; numbers on their own would be boxed at every step. */
  push(from: Float64Array, at: number): void {
    const to = (2 * this.#count) % this.#ring.length;
    this.#ring[to] = from[at];
    this.#ring[to + 1] = from[at + 1];
    this.#count += 1;
  }

  /** The positions, oldest first, `[n, 2]`. */
  points(): Float64Array {
    const size = this.#ring.length;
    if (2 * this.#count <= size) return this.#ring.slice(0, 2 * this.#count);
    const split = (2 * this.#count) % size;
    const points = new Float64Array(size);
    points.set(this.#ring.subarray(split), 0);
    points.set(this.#ring.subarray(0, split), size - split);
    return points;
  }
}
