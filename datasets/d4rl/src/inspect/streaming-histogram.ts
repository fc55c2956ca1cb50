/** How often values fell into bins of equal width: bin i holds `low + i * width <= value < low + (i + 1) * width`. */
export interface Histogram {
  readonly low: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Bins below the first value's own size that the first bin is: finer ones are of no use in a picture. */
const firstBinBits = 30;

/**
 * A histogram of values whose range is not known beforehand, in one pass and a fixed number of bins. Widths are powers of
 * two and bins begin at their multiples, so growing the range merges neighbours and nothing is ever split.
 */
export class StreamingHistogram {
  readonly #bins: number;
  #counts: Float64Array;
  #width = 0;
  /** Index of the first bin: it begins at `low * width`. */
  #low = 0;
  /** Indices of the outermost bins that hold something. */
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param bins - At most so many, at least half of them where values differ enough; default 64. */
  constructor(bins = 64) {
    this.#bins = bins;
    this.#counts = new Float64Array(bins);
  }

  /** Values so far. */
  get count(): number {
    return this.#count;
  }

  /** Takes in a finite value. */
  add(value: number): void {
    if (this.#width === 0) this.#begin(value);
    let index = Math.floor(value / this.#width) - this.#low;
    if (index < 0 || index >= this.#bins) index = this.#makeRoom(value);
    this.#counts[index]++;
    this.#count++;
    const bin = index + this.#low;
    if (bin < this.#first) this.#first = bin;
    if (bin > this.#last) this.#last = bin;
  }

  /** The value below which a share of the values lies, to the width of a bin. */
  quantile(share: number): number {
    let left = share * this.#count;
    for (let bin = this.#first; bin <= this.#last; bin++) {
      left -= this.#counts[bin - this.#low];
      if (left <= 0) return (bin + 1) * this.#width;
    }
    return (this.#last + 1) * this.#width;
  }

  /** The bins from the first to the last that hold something; undefined before the first value. */
  histogram(): Histogram | undefined {
    if (this.#count === 0) return undefined;
    const counts = this.#counts.subarray(this.#first - this.#low, this.#last - this.#low + 1);
    return { low: this.#first * this.#width, width: this.#width, counts: [...counts] };
  }

  #begin(value: number): void {
    const exponent = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value)));
    this.#width = 2 ** Math.max(-1022, exponent - firstBinBits);
    this.#low = Math.floor(value / this.#width) - (this.#bins >> 1);
  }

  /** Moves the bins, and merges pairs of them as often as needed. @returns Where the value's bin is now. */
  #makeRoom(value: number): number {
    let first = this.#first;
    let last = this.#last;
    let width = this.#width;
    let index = Math.floor(value / width);
    let halvings = 0;
    while (Math.max(last, index) - Math.min(first, index) >= this.#bins) {
      width *= 2;
      halvings++;
      index = Math.floor(value / width);
      first = Math.floor(first / 2);
      last = Math.floor(last / 2);
    }
    const counts = new Float64Array(this.#bins);
    const low = Math.min(first, index);
    for (let bin = this.#first; bin <= this.#last; bin++) {
      counts[Math.floor(bin / 2 ** halvings) - low] += this.#counts[bin - this.#low];
    }
    this.#counts = counts;
    this.#low = low;
    this.#first = first;
    this.#last = last;
    this.#width = width;
    return index - low;
  }
}
