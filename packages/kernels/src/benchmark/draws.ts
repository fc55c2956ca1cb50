/** Reproducible numbers for benchmarks, whose results depend on no distribution's fine points. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Uniform on (0, 1): the multiplicative generator of Park and Miller (1988). */
  uniform(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  /** Standard normals by Box and Muller's method. */
  fillNormal(target: Float32Array, mean = 0): Float32Array {
    for (let i = 0; i < target.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      target[i] = mean + radius * Math.cos(angle);
      if (i + 1 < target.length) target[i + 1] = mean + radius * Math.sin(angle);
    }
    return target;
  }

  /** Uniform weights within the inverse root of a layer's inputs, as PyTorch's linear layers start. */
  fillLayers(parameters: Float32Array, sizes: readonly number[]): void {
    let offset = 0;
    for (let layer = 0; layer + 1 < sizes.length; layer++) {
      const bound = 1 / Math.sqrt(sizes[layer]);
      const end = offset + (sizes[layer] + 1) * sizes[layer + 1];
      for (; offset < end; offset++) parameters[offset] = bound * (2 * this.uniform() - 1);
    }
  }
}
