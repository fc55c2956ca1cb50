/** `out = A v` for a symmetric positive matrix A; both `[size]`. */
export type MatrixProduct = (vector: Float64Array, out: Float64Array) => void;

/** When {@link ConjugateGradients.solve} ends. */
export interface ConjugateGradientsOptions {
  iterations: number;
  /** Also end once the residual's norm is below this share of the right side's. */
  tolerance: number;
}

/** Solves A x = b knowing only products with A (Hestenes and Stiefel 1952); exact after `size` iterations. */
export class ConjugateGradients {
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;

  constructor(size: number) {
    this.#residual = new Float64Array(size);
    this.#direction = new Float64Array(size);
    this.#product = new Float64Array(size);
  }

  /**
   * Starts from 0, so that every iterate x has x . b > 0 unless b is 0.
   *
   * @param b - `[size]`
   * @param x - `[size]`, overwritten with the solution.
   * @returns Iterations made.
   */
  solve(multiply: MatrixProduct, b: Float64Array, x: Float64Array, options: ConjugateGradientsOptions): number {
    const residual = this.#residual;
    const direction = this.#direction;
    const product = this.#product;
    x.fill(0);
    residual.set(b);
    direction.set(b);
    let squared = dot(residual, residual);
    const enough = options.tolerance ** 2 * squared;
    let iteration = 0;
    while (iteration < options.iterations && squared > enough) {
      multiply(direction, product);
      const curvature = dot(direction, product);
      // Rounding can spoil the curvature of a direction in which next to nothing is left to solve.
      if (!(curvature > 0)) break;
      const length = squared / curvature;
      addScaled(x, length, direction);
      addScaled(residual, -length, product);
      const next = dot(residual, residual);
      for (let i = 0; i < direction.length; i++) direction[i] = residual[i] + (next / squared) * direction[i];
      squared = next;
      iteration++;
    }
    return iteration;
  }
}

/** The inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, scale: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += scale * vector[i];
}
