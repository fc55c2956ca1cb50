import type { Space } from '../space.ts';
import { SpaceGenerator } from './space-generator.ts';

/**
 * Named subspaces; Gymnasium's `Dict`. As there, the names are sorted, and samples, seeds and flat elements follow that
 * order.
 */
export class Dict<T extends Record<string, unknown> = Record<string, unknown>> implements Space<T> {
  readonly kind = 'dict';
  readonly spaces: Readonly<{ [K in keyof T]: Space<T[K]> }>;
  readonly flatSize: number;
  readonly #entries: [name: string, space: Space][];
  readonly #generator = new SpaceGenerator();

  constructor(spaces: { [K in keyof T]: Space<T[K]> }) {
    this.#entries = Object.entries<Space>(spaces).sort(([a], [b]) => (a < b ? -1 : 1));
    this.spaces = spaces;
    this.flatSize = this.#entries.reduce((size, [, space]) => size + space.flatSize, 0);
  }

  seed(seed: number): void {
    const seeds = this.#generator.seedsForSubspaces(seed, this.#entries.length);
    for (const [i, [, space]] of this.#entries.entries()) space.seed(seeds[i]);
  }

  sample(): T {
    return Object.fromEntries(this.#entries.map(([name, space]) => [name, space.sample()])) as T;
  }

  contains(value: unknown): value is T {
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== this.#entries.length) return false;
    const record = value as Record<string, unknown>;
    return this.#entries.every(([name, space]) => Object.hasOwn(record, name) && space.contains(record[name]));
  }

  flattenInto(value: T, out: Float32Array | Float64Array, offset: number): void {
    let at = offset;
    for (const [name, space] of this.#entries) {
      space.flattenInto(value[name], out, at);
      at += space.flatSize;
    }
  }

  unflatten(flat: Float32Array | Float64Array): T {
    let at = 0;
    const parts = this.#entries.map(([name, space]) => {
      const part = flat.subarray(at, at + space.flatSize);
      at += space.flatSize;
      return [name, space.unflatten(part)];
    });
    return Object.fromEntries(parts) as T;
  }

  toString(): string {
    return `Dict(${this.#entries.map(([name, space]) => `'${name}': ${space}`).join(', ')})`;
  }
}
