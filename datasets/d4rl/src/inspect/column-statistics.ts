import type { ColumnData } from '../columns.ts';
import { type Histogram, StreamingHistogram } from './streaming-histogram.ts';

/** The finite numbers of one dimension of a column. */
export interface DimensionInspection {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Over the population. */
  readonly std: number;
  readonly histogram: Histogram;
}

/** Ranges, moments and histograms of every dimension of a column, in one pass over its blocks. */
export class ColumnStatistics {
  nan = 0;
  infinite = 0;
  /** The first row with a number that is not finite. */
  firstNotFinite: number | undefined;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  /** What sums are taken around, so that they don't lose small variations of large values. */
  readonly #centre: Float64Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  readonly #count: Float64Array;
  readonly #histograms: readonly StreamingHistogram[];
  #rows = 0;

  /** @param width - Dimensions of a row. */
  constructor(width: number) {
    this.#min = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
    this.#centre = new Float64Array(width);
    this.#sum = new Float64Array(width);
    this.#squares = new Float64Array(width);
    this.#count = new Float64Array(width);
    this.#histograms = Array.from({ length: width }, () => new StreamingHistogram());
  }

  /** Takes in rows. @param block - `[rows, width]` */
  add(block: ColumnData): void {
    const width = this.#min.length;
    for (let i = 0, d = 0; i < block.length; i++, d = d + 1 === width ? 0 : d + 1) {
      const value = block[i];
      if (Number.isFinite(value)) this.#addFinite(value, d);
      else this.#addOther(value, this.#rows + Math.floor(i / width));
    }
    this.#rows += block.length / width;
  }

  /** Dimensions that hold one number throughout, of more than one row. */
  get constantDimensions(): number[] {
    const dimensions = Array.from(this.#min.keys());
    return this.#rows < 2
      ? []
      : dimensions.filter((d) => this.#min[d] === this.#max[d] && this.#count[d] === this.#rows);
  }

  /** What each dimension holds; null where it has no finite number. */
  dimensions(): (DimensionInspection | null)[] {
    return this.#histograms.map((histogram, d) => {
      const bins = histogram.histogram();
      if (!bins) return null;
      const offset = this.#sum[d] / this.#count[d];
      const variance = Math.max(0, this.#squares[d] / this.#count[d] - offset * offset);
      const [min, max] = [this.#min[d], this.#max[d]];
      return { min, max, mean: this.#centre[d] + offset, std: Math.sqrt(variance), histogram: bins };
    });
  }

  #addFinite(value: number, d: number): void {
    if (this.#count[d] === 0) this.#centre[d] = value;
    const offset = value - this.#centre[d];
    this.#count[d]++;
    this.#sum[d] += offset;
    this.#squares[d] += offset * offset;
    if (value < this.#min[d]) this.#min[d] = value;
    if (value > this.#max[d]) this.#max[d] = value;
    this.#histograms[d].add(value);
  }

  #addOther(value: number, row: number): void {
    if (Number.isNaN(value)) this.nan++;
    else this.infinite++;
    this.firstNotFinite ??= row;
  }
}
