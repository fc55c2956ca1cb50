import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';
import { checkEpisodes, type RowRange } from './check-episodes.ts';

/** Options of {@link EpisodeSampler}. */
export interface EpisodeSamplerOptions {
  /** A seed, or a generator to share with others; default 0. */
  readonly seed?: number | Generator;
}

/**
 * Draws episodes with probability proportional to their lengths, so that every row is as likely as any other.
 *
 * Exact: it draws a row of all and takes the episode that has it, with no rounding of probabilities.
 */
export class EpisodeSampler {
  readonly episodes: readonly RowRange[];
  /** Rows of all episodes. */
  readonly rows: number;
  readonly #generator: Generator;
  /** Rows up to and with each episode, `[episodes]`. */
  readonly #upTo: Float64Array;
  #step = 0;

  /** @throws InputError when there is no episode or one is empty. */
  constructor(episodes: readonly RowRange[], { seed = 0 }: EpisodeSamplerOptions = {}) {
    checkEpisodes(episodes, Number.MAX_SAFE_INTEGER);
    this.episodes = episodes;
    this.#generator = typeof seed === 'number' ? defaultRng(seed) : seed;
    this.#upTo = new Float64Array(episodes.length);
    let rows = 0;
    episodes.forEach(({ start, end }, i) => {
      rows += end - start;
      this.#upTo[i] = rows;
    });
    this.rows = rows;
  }

  /** Step within its episode of the row that the last draw took: uniform over the episode. */
  get step(): number {
    return this.#step;
  }

  /** Draws an episode. @returns Its index. */
  sample(): number {
    const row = this.#generator.integers(this.rows);
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (row < this.#upTo[middle]) high = middle;
      else low = middle + 1;
    }
    this.#step = low === 0 ? row : row - this.#upTo[low - 1];
    return low;
  }

  /** What a sampler needs to go on from here. */
  getState(): GeneratorState {
    return this.#generator.getState();
  }

  /** Goes on from {@link getState}. @throws InputError when it is no such state. */
  setState(state: GeneratorState): void {
    this.#generator.setState(state);
  }
}
