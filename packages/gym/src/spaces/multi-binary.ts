import { InputError } from '@understudy/errors';
import type { Space } from '../space.ts';
import { formatShape } from './number-format.ts';
import { SpaceGenerator } from './space-generator.ts';

/** Arrays of zeros and ones, int8; Gymnasium's `MultiBinary`. */
export class MultiBinary implements Space<Int8Array> {
  readonly kind = 'multi-binary';
  readonly shape: readonly number[];
  readonly flatSize: number;
  readonly #n: number | readonly number[];
  readonly #generator = new SpaceGenerator();

  /**
   * @param n - How many numbers, or a shape of them.
   * @throws InputError when a length is not a positive integer.
   */
  constructor(n: number | readonly number[]) {
    this.#n = n;
    this.shape = typeof n === 'number' ? [n] : n;
    if (this.shape.length === 0 || this.shape.some((length) => !Number.isSafeInteger(length) || length < 1)) {
      throw new InputError(`MultiBinary has shape [${this.shape}], expected positive integers.`);
    }
    this.flatSize = this.shape.reduce((size, length) => size * length, 1);
  }

  seed(seed: number): void {
    this.#generator.seed(seed);
  }

  sample(): Int8Array {
    const element = new Int8Array(this.flatSize);
    this.#generator.random.fillIntegers(element, 0, 2);
    return element;
  }

  contains(value: unknown): value is Int8Array {
    return value instanceof Int8Array && value.length === this.flatSize && value.every((bit) => bit === 0 || bit === 1);
  }

  flattenInto(value: Int8Array, out: Float32Array | Float64Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(flat: Float32Array | Float64Array): Int8Array {
    return Int8Array.from(flat);
  }

  toString(): string {
    return `MultiBinary(${typeof this.#n === 'number' ? this.#n : formatShape(this.shape)})`;
  }
}
