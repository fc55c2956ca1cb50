import { type Tensor, tensorOf } from '@understudy/nn';
import { takeFloat64 } from './checkpoint.ts';

/** Arguments of {@link EpisodeStatistics}. */
export interface EpisodeStatisticsOptions {
  /** How many of the last episodes the means cover; 20 by default. */
  window?: number;
  /** Told of every finished episode: whose it was, its return, its length. */
  onFinished?(index: number, episodeReturn: number, length: number): void;
}

/** Returns and lengths of the episodes that environments play side by side, of the raw rewards. */
export class EpisodeStatistics {
  /** How many of the last episodes {@link meanReturn} covers. */
  readonly window: number;
  readonly #returns: Float64Array;
  readonly #lengths: Float64Array;
  /** The last finished episodes' returns and lengths, each a ring. */
  readonly #lastReturns: Float64Array;
  readonly #lastLengths: Float64Array;
  readonly #onFinished: EpisodeStatisticsOptions['onFinished'];
  #finished = 0;

  /** @param count - Environments stepped side by side. */
  constructor(count: number, { window = 20, onFinished }: EpisodeStatisticsOptions = {}) {
    this.window = window;
    this.#onFinished = onFinished;
    this.#returns = new Float64Array(count);
    this.#lengths = new Float64Array(count);
    this.#lastReturns = new Float64Array(window);
    this.#lastLengths = new Float64Array(window);
  }

  /** Episodes finished so far. */
  get finished(): number {
    return this.#finished;
  }

  /** Mean undiscounted return of the last {@link window} finished episodes; undefined before the first. */
  get meanReturn(): number | undefined {
    return this.#meanOf(this.#lastReturns);
  }

  /** Mean length in steps of the same episodes. */
  get meanLength(): number | undefined {
    return this.#meanOf(this.#lastLengths);
  }

  /** Takes in one step of every environment, each array `[count]`. */
  record(rewards: Float64Array, terminated: Uint8Array, truncated: Uint8Array): void {
    for (let i = 0; i < this.#returns.length; i++) {
      this.#returns[i] += rewards[i];
      this.#lengths[i]++;
      if (terminated[i] === 0 && truncated[i] === 0) continue;
      this.add(this.#returns[i], this.#lengths[i]);
      this.#onFinished?.(i, this.#returns[i], this.#lengths[i]);
      this.#returns[i] = 0;
      this.#lengths[i] = 0;
    }
  }

  /** Takes in an episode that finished elsewhere. */
  add(episodeReturn: number, length: number): void {
    const slot = this.#finished++ % this.window;
    this.#lastReturns[slot] = episodeReturn;
    this.#lastLengths[slot] = length;
  }

  /** Returns and lengths so far of the episodes under way, `[count]` each; views, to be copied out and in. */
  get running(): { readonly returns: Float64Array; readonly lengths: Float64Array } {
    return { returns: this.#returns, lengths: this.#lengths };
  }

  /** All that later figures depend on, as tensors named `episodes.*`. */
  tensors(): [name: string, tensor: Tensor][] {
    return [
      ['episodes.finished', tensorOf(Float64Array.of(this.#finished))],
      ['episodes.returns', tensorOf(this.#returns)],
      ['episodes.lengths', tensorOf(this.#lengths)],
      ['episodes.last_returns', tensorOf(this.#lastReturns)],
      ['episodes.last_lengths', tensorOf(this.#lastLengths)],
    ];
  }

  /** Puts back what {@link tensors} gave. @throws InputError when they are missing or of another size. */
  restore(tensors: ReadonlyMap<string, Tensor>): void {
    [this.#finished] = takeFloat64(tensors, 'episodes.finished', 1);
    this.#returns.set(takeFloat64(tensors, 'episodes.returns', this.#returns.length));
    this.#lengths.set(takeFloat64(tensors, 'episodes.lengths', this.#lengths.length));
    this.#lastReturns.set(takeFloat64(tensors, 'episodes.last_returns', this.window));
    this.#lastLengths.set(takeFloat64(tensors, 'episodes.last_lengths', this.window));
  }

  #meanOf(ring: Float64Array): number | undefined {
    const known = Math.min(this.#finished, this.window);
    if (known === 0) return undefined;
    let sum = 0;
    for (let i = 0; i < known; i++) sum += ring[i];
    return sum / known;
  }
}
