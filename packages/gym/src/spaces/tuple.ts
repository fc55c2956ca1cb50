import type { Space } from '../space.ts';
import { SpaceGenerator } from './space-generator.ts';

/** Subspaces in order; Gymnasium's `Tuple`. */
export class Tuple<T extends readonly unknown[] = unknown[]> implements Space<T> {
  readonly kind = 'tuple';
  readonly spaces: readonly Space[];
  readonly flatSize: number;
  readonly #generator = new SpaceGenerator();

  constructor(spaces: readonly [...{ [K in keyof T]: Space<T[K]> }]) {
    this.spaces = spaces as readonly Space[];
    this.flatSize = this.spaces.reduce((size, space) => size + space.flatSize, 0);
  }

  seed(seed: number): void {
    const seeds = this.#generator.seedsForSubspaces(seed, this.spaces.length);
    for (const [i, space] of this.spaces.entries()) space.seed(seeds[i]);
  }

  sample(): T {
    return this.spaces.map((space) => space.sample()) as unknown as T;
  }

  contains(value: unknown): value is T {
    return (
      Array.isArray(value) &&
      value.length === this.spaces.length &&
      this.spaces.every((space, i) => space.contains(value[i]))
    );
  }

  flattenInto(value: T, out: Float32Array | Float64Array, offset: number): void {
    let at = offset;
    for (const [i, space] of this.spaces.entries()) {
      space.flattenInto(value[i], out, at);
      at += space.flatSize;
    }
  }

  unflatten(flat: Float32Array | Float64Array): T {
    let at = 0;
    return this.spaces.map((space) => {
      const part = flat.subarray(at, at + space.flatSize);
      at += space.flatSize;
      return space.unflatten(part);
    }) as unknown as T;
  }

  toString(): string {
    return `Tuple(${this.spaces.join(', ')})`;
  }
}
