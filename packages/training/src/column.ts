/** Rows of numbers that grow at the end. */
export class Column {
  readonly size: number;
  #data: Float32Array | Float64Array;
  #length = 0;

  /**
   * @param size - Numbers in one row.
   * @param rows - How many rows to expect; more may come.
   */
  constructor(size: number, precision: 'float32' | 'float64', rows = 1024) {
    this.size = size;
    this.#data = precision === 'float32' ? new Float32Array(rows * size) : new Float64Array(rows * size);
  }

  /** Adds one row, `[size]`. */
  append(row: ArrayLike<number>): void {
    if (row.length !== this.size) throw new Error(`A row of ${row.length} numbers, but the column has ${this.size}.`);
    if (this.#length + this.size > this.#data.length) this.#grow();
    this.#data.set(row, this.#length);
    this.#length += this.size;
  }

  /** All rows, `[rows, size]`; without a copy when the column is full. */
  values(): Float32Array | Float64Array {
    return this.#length === this.#data.length ? this.#data : this.#data.slice(0, this.#length);
  }

  #grow(): void {
    const capacity = Math.max(this.size, 2 * this.#data.length);
    const larger = this.#data instanceof Float32Array ? new Float32Array(capacity) : new Float64Array(capacity);
    larger.set(this.#data);
    this.#data = larger;
  }
}
