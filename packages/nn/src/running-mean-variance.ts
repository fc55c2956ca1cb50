import { InputError } from '@understudy/errors';
import type { FloatArray } from './distributions/distribution.ts';

/** All that a {@link RunningMeanVariance} knows, for checkpoints. */
export interface RunningMeanVarianceState {
  mean: Float64Array;
  variance: Float64Array;
  count: number;
}

/** How {@link RunningMeanVariance.normalizeInto} normalises. */
export interface NormalizeOptions {
  /** Bound of the result's magnitude; none by default. Gymnasium's and Stable-Baselines3's usual one is 10. */
  clip?: number;
  /** Added to the variance; 1e-8 by default. */
  epsilon?: number;
  /** Subtract the mean; false only divides by the standard deviation, as for rewards. True by default. */
  center?: boolean;
}

/**
 * Mean and (population) variance of every component of a stream of vectors, kept in float64 and updated by batches
 * with Chan, Golub and LeVeque's parallel formula. Equal to `RunningMeanStd` of Gymnasium and Stable-Baselines3: it
 * starts with mean 0, variance 1 and a count of 1e-4.
 */
export class RunningMeanVariance {
  /** Components of one vector. */
  readonly size: number;
  /** `[size]` */
  readonly mean: Float64Array;
  /** `[size]` */
  readonly variance: Float64Array;
  #count: number;
  readonly #batchMean: Float64Array;
  readonly #batchVariance: Float64Array;

  /** @param initialCount - Weight of the initial mean 0 and variance 1; with 0 the moments are the data's own. */
  constructor(size: number, { initialCount = 1e-4 }: { initialCount?: number } = {}) {
    this.size = size;
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
    this.#count = initialCount;
    this.#batchMean = new Float64Array(size);
    this.#batchVariance = new Float64Array(size);
  }

  /** Vectors seen, the initial count included. */
  get count(): number {
    return this.#count;
  }

  /** Takes in a batch. @param batch - `[count, size]` */
  update(batch: FloatArray, count = batch.length / this.size): void {
    if (count === 0) return;
    const { size } = this;
    const mean = this.#batchMean.fill(0);
    const variance = this.#batchVariance.fill(0);
    for (let row = 0; row < count; row++) for (let i = 0; i < size; i++) mean[i] += batch[row * size + i];
    for (let i = 0; i < size; i++) mean[i] /= count;
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < size; i++) variance[i] += (batch[row * size + i] - mean[i]) ** 2;
    }
    for (let i = 0; i < size; i++) variance[i] /= count;
    this.#merge(mean, variance, count);
  }

  /** Takes in all that another one has seen; its initial count counts too. */
  combine(other: RunningMeanVariance): void {
    if (other.size !== this.size) {
      throw new Error(`Statistics of ${other.size} components cannot be combined with those of ${this.size}.`);
    }
    this.#merge(other.mean, other.variance, other.count);
  }

  /**
   * Writes (src - mean) / sqrt(variance + epsilon), clipped, to `out`, which may be `src` itself.
   *
   * @param src - `[count, size]`
   * @param out - `[count, size]`
   */
  normalizeInto(
    src: FloatArray,
    out: FloatArray,
    { clip = Infinity, epsilon = 1e-8, center = true }: NormalizeOptions = {},
    count = src.length / this.size,
  ): void {
    const { size } = this;
    for (let i = 0; i < size; i++) {
      const mean = center ? this.mean[i] : 0;
      const deviation = Math.sqrt(this.variance[i] + epsilon);
      for (let at = i; at < count * size; at += size) {
        const value = (src[at] - mean) / deviation;
        out[at] = Math.max(-clip, Math.min(clip, value));
      }
    }
  }

  /** A copy of the state; {@link restore} brings it back exactly. */
  save(): RunningMeanVarianceState {
    return { mean: this.mean.slice(), variance: this.variance.slice(), count: this.#count };
  }

  /** @throws InputError when the state is of another size, or not of numbers that {@link save} could have written. */
  restore(state: RunningMeanVarianceState): void {
    if (state.mean.length !== this.size || state.variance.length !== this.size) {
      throw new InputError(
        `The saved running statistics have ${state.mean.length} components where ${this.size} are expected; use a checkpoint of the same environment.`,
      );
    }
    if (!(Number.isFinite(state.count) && state.count >= 0) || !state.variance.every((value) => value >= 0)) {
      throw new InputError(
        'The saved running statistics have a negative variance or count; use an undamaged checkpoint.',
      );
    }
    this.mean.set(state.mean);
    this.variance.set(state.variance);
    this.#count = state.count;
  }

  #merge(mean: Float64Array, variance: Float64Array, count: number): void {
    if (count === 0) return;
    const total = this.#count + count;
    for (let i = 0; i < this.size; i++) {
      const delta = mean[i] - this.mean[i];
      const squares =
        this.variance[i] * this.#count + variance[i] * count + (delta * delta * this.#count * count) / total;
      this.mean[i] += (delta * count) / total;
      this.variance[i] = squares / total;
    }
    this.#count = total;
  }
}
