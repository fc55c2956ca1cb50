import { InputError } from '@understudy/errors';
import { checkCount, checkEpisodes, type RowRange } from './check-episodes.ts';

/** Options of {@link StandardizationFit.finish} and {@link fitStandardization}. */
export interface StandardizationOptions {
  /** Dimensions whose standard deviation is below it are only centred, for they hardly vary; default 1e-6. */
  readonly epsilon?: number;
}

/** Shifts and scales rows so that what it was fitted on has mean 0 and standard deviation 1 in each dimension. */
export class Standardization {
  readonly size: number;
  /** `[size]` */
  readonly mean: Float64Array;
  /** `[size]`, 1 where a dimension is only centred. */
  readonly scale: Float64Array;

  /** @throws InputError when the two differ in length or a scale is not above 0. */
  constructor(mean: ArrayLike<number>, scale: ArrayLike<number>) {
    this.mean = Float64Array.from(mean);
    this.scale = Float64Array.from(scale);
    this.size = this.mean.length;
    if (this.scale.length === this.size && this.scale.every((value) => value > 0 && Number.isFinite(value))) return;
    throw new InputError(
      `A standardisation has ${this.size} means and the scales [${this.scale}], so give one scale above 0 for each.`,
    );
  }

  /**
   * (x - mean) / scale of every row.
   *
   * @param rows - `[n, size]`
   * @param out - Takes the result, `[n, size]`; may be `rows`; a new array unless given.
   */
  apply(
    rows: Float32Array | Float64Array,
    out: Float32Array | Float64Array = new Float32Array(rows.length),
  ): typeof out {
    const { mean, scale, size } = this;
    this.#check(rows, out);
    for (let i = 0, d = 0; i < rows.length; i++, d = d + 1 === size ? 0 : d + 1)
      out[i] = (rows[i] - mean[d]) / scale[d];
    return out;
  }

  /** Takes {@link apply} back, up to rounding. @param rows - `[n, size]` @param out - As in {@link apply}. */
  invert(
    rows: Float32Array | Float64Array,
    out: Float32Array | Float64Array = new Float32Array(rows.length),
  ): typeof out {
    const { mean, scale, size } = this;
    this.#check(rows, out);
    for (let i = 0, d = 0; i < rows.length; i++, d = d + 1 === size ? 0 : d + 1) out[i] = rows[i] * scale[d] + mean[d];
    return out;
  }

  #check(rows: ArrayLike<number>, out: ArrayLike<number>): void {
    if (rows.length % this.size === 0 && out.length === rows.length) return;
    throw new InputError(
      `${rows.length} numbers into ${out.length} are no rows of ${this.size}, so give rows of the fitted size.`,
    );
  }
}

/** Mean and variance of rows that come in blocks, in one pass. */
export class StandardizationFit {
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  #rows = 0;

  /** @param size - Dimensions of a row. */
  constructor(size: number) {
    checkCount('size', size, 1);
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  /** Rows taken in so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Takes in rows by Welford's update. @param rows - `[n, size]` */
  add(rows: Float32Array | Float64Array): void {
    const size = this.#mean.length;
    for (let at = 0; at < rows.length; at += size) {
      this.#rows++;
      for (let d = 0; d < size; d++) {
        const value = rows[at + d];
        const before = value - this.#mean[d];
        this.#mean[d] += before / this.#rows;
        this.#squares[d] += before * (value - this.#mean[d]);
      }
    }
  }

  /** @throws InputError when no rows were taken in, or some were not finite. */
  finish({ epsilon = 1e-6 }: StandardizationOptions = {}): Standardization {
    if (this.#rows === 0) throw new InputError('A standardisation was fitted on no rows, so give it some.');
    const deviations = this.#squares.map((sum) => Math.sqrt(sum / this.#rows));
    const wrong = deviations.findIndex((deviation) => !Number.isFinite(deviation));
    if (wrong >= 0) {
      throw new InputError(`Dimension ${wrong} has numbers that are not finite, so clean the data or leave it out.`);
    }
    return new Standardization(
      this.#mean,
      deviations.map((deviation) => (deviation < epsilon ? 1 : deviation)),
    );
  }
}

/**
 * Fits a standardisation on some episodes of a column and on nothing else: give the training split's.
 *
 * @param column - `[transitions, size]`
 * @param episodes - Those to fit on.
 * @throws InputError when an episode reaches beyond the column, or numbers in it are not finite.
 */
export function fitStandardization(
  column: Float32Array | Float64Array,
  size: number,
  episodes: readonly RowRange[],
  options?: StandardizationOptions,
): Standardization {
  const fit = new StandardizationFit(size);
  checkEpisodes(episodes, Math.floor(column.length / size));
  for (const { start, end } of episodes) fit.add(column.subarray(start * size, end * size));
  return fit.finish(options);
}
