import { defaultRng, type Generator } from '@understudy/random';

/** Draws for a space's samples. Without any seed it starts at seed 0. */
export class SpaceGenerator {
  #generator: Generator | undefined;

  seed(seed: number): void {
    this.#generator = defaultRng(seed);
  }

  get random(): Generator {
    this.#generator ??= defaultRng(0);
    return this.#generator;
  }

  /** Restarts at `seed` and draws one seed for each subspace, as Gymnasium's Dict and Tuple do. */
  seedsForSubspaces(seed: number, count: number): number[] {
    this.seed(seed);
    return Array.from({ length: count }, () => this.random.integers(0, 2 ** 31 - 1));
  }
}
