import { InputError } from '@understudy/errors';
import type { Space } from '../space.ts';
import { SpaceGenerator } from './space-generator.ts';

/** The integers `start ... start + n - 1`; Gymnasium's `Discrete`. */
export class Discrete implements Space<number> {
  readonly kind = 'discrete';
  readonly n: number;
  readonly start: number;
  readonly flatSize: number;
  readonly #generator = new SpaceGenerator();

  /** @throws InputError when `n` is not a positive integer. */
  constructor(n: number, options: { start?: number } = {}) {
    if (!Number.isSafeInteger(n) || n < 1) throw new InputError(`Discrete has n ${n}, expected a positive integer.`);
    this.n = n;
    this.start = options.start ?? 0;
    this.flatSize = n;
  }

  seed(seed: number): void {
    this.#generator.seed(seed);
  }

  sample(): number {
    return this.start + this.#generator.random.integers(0, this.n);
  }

  contains(value: unknown): value is number {
    return Number.isInteger(value) && (value as number) >= this.start && (value as number) < this.start + this.n;
  }

  /** One-hot. */
  flattenInto(value: number, out: Float32Array | Float64Array, offset: number): void {
    out.fill(0, offset, offset + this.n);
    out[offset + value - this.start] = 1;
  }

  unflatten(flat: Float32Array | Float64Array): number {
    return this.start + flat.indexOf(1);
  }

  toString(): string {
    return this.start === 0 ? `Discrete(${this.n})` : `Discrete(${this.n}, start=${this.start})`;
  }
}
