import { InputError } from '@understudy/errors';
import type { Space } from '../space.ts';
import { SpaceGenerator } from './space-generator.ts';

/** Several {@link Discrete} choices at once, as an int32 array; Gymnasium's `MultiDiscrete`. */
export class MultiDiscrete implements Space<Int32Array> {
  readonly kind = 'multi-discrete';
  /** How many values each number has, `[numbers]`. */
  readonly nvec: Int32Array;
  /** The smallest value of each number, `[numbers]`. */
  readonly start: Int32Array;
  readonly flatSize: number;
  readonly #generator = new SpaceGenerator();

  /** @throws InputError when a count is not a positive integer or `start` has another length. */
  constructor(nvec: ArrayLike<number>, options: { start?: ArrayLike<number> } = {}) {
    this.nvec = Int32Array.from(nvec);
    this.start = options.start ? Int32Array.from(options.start) : new Int32Array(nvec.length);
    const wrong = this.nvec.findIndex((count, i) => count !== nvec[i] || count < 1);
    if (nvec.length === 0 || wrong >= 0) {
      throw new InputError(`MultiDiscrete has counts [${Array.from(nvec)}], expected positive integers.`);
    }
    if (this.start.length !== this.nvec.length) {
      throw new InputError(
        `MultiDiscrete has ${nvec.length} counts and ${this.start.length} starts; give one for each.`,
      );
    }
    this.flatSize = this.nvec.reduce((sum, count) => sum + count, 0);
  }

  seed(seed: number): void {
    this.#generator.seed(seed);
  }

  sample(): Int32Array {
    const { random } = this.#generator;
    return this.nvec.map((count, i) => Math.floor(random.random() * count) + this.start[i]);
  }

  contains(value: unknown): value is Int32Array {
    if (!(value instanceof Int32Array) || value.length !== this.nvec.length) return false;
    return value.every((number, i) => number >= this.start[i] && number < this.start[i] + this.nvec[i]);
  }

  /** One-hot, one number after the other. */
  flattenInto(value: Int32Array, out: Float32Array | Float64Array, offset: number): void {
    out.fill(0, offset, offset + this.flatSize);
    let at = offset;
    for (let i = 0; i < this.nvec.length; i++) {
      out[at + value[i] - this.start[i]] = 1;
      at += this.nvec[i];
    }
  }

  unflatten(flat: Float32Array | Float64Array): Int32Array {
    let at = 0;
    return this.nvec.map((count, i) => {
      const value = flat.subarray(at, at + count).indexOf(1) + this.start[i];
      at += count;
      return value;
    });
  }

  toString(): string {
    const counts = `[${this.nvec.join(' ')}]`;
    return this.start.some((value) => value !== 0)
      ? `MultiDiscrete(${counts}, start=[${this.start.join(' ')}])`
      : `MultiDiscrete(${counts})`;
  }
}
