import { RunningMeanVariance, type Tensor, tensorOf } from '@understudy/nn';
import { takeFloat64 } from './checkpoint.ts';

/**
 * Shifts and scales observations to mean 0 and variance 1 by running statistics, and clips them. Part of a policy: one
 * trained on normalised observations is useless without the statistics.
 */
export class ObservationNormalizer {
  readonly statistics: RunningMeanVariance;
  /** Bound of a normalised component's magnitude. */
  readonly clip: number;
  readonly #options: { clip: number };
  readonly #added: RunningMeanVariance | undefined;

  /** @param countsAdded - Keep what was taken in since {@link beginAdding} apart, too. */
  constructor(size: number, { clip = 10, countsAdded = false }: { clip?: number; countsAdded?: boolean } = {}) {
    this.statistics = new RunningMeanVariance(size);
    this.#added = countsAdded ? new RunningMeanVariance(size, { initialCount: 0 }) : undefined;
    this.clip = clip;
    this.#options = { clip };
  }

  /** Takes in a batch. @param observations - `[count, size]` */
  update(observations: Float32Array | Float64Array, count: number): void {
    this.statistics.update(observations, count);
    this.#added?.update(observations, count);
  }

  /** The statistics of what was taken in since {@link beginAdding} alone, for normalisers that count it. */
  get added(): RunningMeanVariance | undefined {
    return this.#added;
  }

  /** Forgets {@link added}. */
  beginAdding(): void {
    this.#added?.restore({
      mean: new Float64Array(this.#added.size),
      variance: new Float64Array(this.#added.size),
      count: 0,
    });
  }

  /** Writes the batch normalised to `out`. @param observations - `[count, size]` @param out - `[count, size]` */
  normalizeInto(observations: Float32Array | Float64Array, out: Float32Array, count: number): void {
    this.statistics.normalizeInto(observations, out, this.#options, count);
  }

  /** The statistics as tensors named `observation.*`. */
  tensors(): [name: string, tensor: Tensor][] {
    const { mean, variance, count } = this.statistics.save();
    return [
      ['observation.mean', tensorOf(mean)],
      ['observation.variance', tensorOf(variance)],
      ['observation.count', tensorOf(Float64Array.of(count))],
    ];
  }

  /** Puts back what {@link tensors} gave. @throws InputError when they are missing or of another size. */
  restore(tensors: ReadonlyMap<string, Tensor>): void {
    const { size } = this.statistics;
    this.statistics.restore({
      mean: takeFloat64(tensors, 'observation.mean', size),
      variance: takeFloat64(tensors, 'observation.variance', size),
      count: takeFloat64(tensors, 'observation.count', 1)[0],
    });
  }
}
