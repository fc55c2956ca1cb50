import { RunningMeanVariance, type Tensor, tensorOf } from '@understudy/nn';
import { takeFloat64 } from './checkpoint.ts';

/** Arguments of {@link RewardNormalizer}. */
export interface RewardNormalizerOptions {
  /** Discount of the returns whose variance is measured. */
  gamma: number;
  /** Bound of a normalised reward's magnitude; 10 by default. */
  clip?: number;
  /** Keep what was taken in since {@link RewardNormalizer.beginAdding} apart, too. */
  countsAdded?: boolean;
}

/**
 * Divides rewards by the running standard deviation of the discounted return, so that returns have a variance near 1
 * whatever the task's units; the mean stays, as subtracting it would change the task.
 *
 * Equal to Gymnasium's `NormalizeReward`, also in what ends a return: a termination drops what came before it, and its
 * own reward begins the next return; a truncation ends nothing.
 */
export class RewardNormalizer {
  /** Of the discounted returns; one component. */
  readonly statistics = new RunningMeanVariance(1);
  readonly #added: RunningMeanVariance | undefined;
  readonly #returns: Float64Array;
  readonly #gamma: number;
  readonly #clip: number;

  /** @param count - Environments stepped side by side. */
  constructor(count: number, { gamma, clip = 10, countsAdded = false }: RewardNormalizerOptions) {
    this.#added = countsAdded ? new RunningMeanVariance(1, { initialCount: 0 }) : undefined;
    this.#returns = new Float64Array(count);
    this.#gamma = gamma;
    this.#clip = clip;
  }

  /**
   * Takes in one step's rewards, `[count]`, and writes them normalised at `out[offset ...]`.
   *
   * @param terminated - `[count]`
   */
  normalizeInto(rewards: Float64Array, terminated: Uint8Array, out: Float32Array, offset: number): void {
    const returns = this.#returns;
    const count = returns.length;
    for (let i = 0; i < count; i++) returns[i] = (terminated[i] === 1 ? 0 : returns[i] * this.#gamma) + rewards[i];
    this.statistics.update(returns, count);
    this.#added?.update(returns, count);
    const deviation = Math.sqrt(this.statistics.variance[0] + 1e-8);
    const clip = this.#clip;
    for (let i = 0; i < count; i++) {
      out[offset + i] = Math.max(-clip, Math.min(clip, rewards[i] / deviation));
    }
  }

  /** The discounted returns so far, `[count]`; a view, to be copied out and in. */
  get returns(): Float64Array {
    return this.#returns;
  }

  /** The statistics of what was taken in since {@link beginAdding} alone, for normalisers that count it. */
  get added(): RunningMeanVariance | undefined {
    return this.#added;
  }

  /** Forgets {@link added}. */
  beginAdding(): void {
    this.#added?.restore({ mean: new Float64Array(1), variance: new Float64Array(1), count: 0 });
  }

  /** All that the next step depends on, as tensors named `reward.*`. */
  tensors(): [name: string, tensor: Tensor][] {
    const { mean, variance, count } = this.statistics.save();
    return [
      ['reward.statistics', tensorOf(Float64Array.of(mean[0], variance[0], count))],
      ['reward.returns', tensorOf(this.#returns)],
    ];
  }

  /** Puts back what {@link tensors} gave. @throws InputError when they are missing or of another size. */
  restore(tensors: ReadonlyMap<string, Tensor>): void {
    const [mean, variance, count] = takeFloat64(tensors, 'reward.statistics', 3);
    this.statistics.restore({ mean: Float64Array.of(mean), variance: Float64Array.of(variance), count });
    this.#returns.set(takeFloat64(tensors, 'reward.returns', this.#returns.length));
  }
}
