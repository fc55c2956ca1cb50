import type { EnvState } from '../env.ts';

/**
 * Mean and variance of vectors seen one at a time, with Gymnasium's starting point: mean 0 and variance 1 that count as
 * a ten-thousandth of an observation. Update: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating Formulae and a Pairwise
 * Algorithm for Computing Sample Variances" (1979).
 */
export class RunningMoments {
  /** `[size]` */
  readonly mean: Float64Array;
  /** `[size]` */
  readonly variance: Float64Array;
  #count = 1e-4;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  update(values: ArrayLike<number>): void {
    const count = this.#count;
    const total = count + 1;
    for (let i = 0; i < this.mean.length; i++) {
      const delta = values[i] - this.mean[i];
      this.mean[i] += delta / total;
      this.variance[i] = (this.variance[i] * count + (delta * delta * count) / total) / total;
    }
    this.#count = total;
  }

  getState(): EnvState {
    return { mean: [...this.mean], variance: [...this.variance], count: this.#count };
  }

  setState(state: EnvState): void {
    this.mean.set(state.mean as number[]);
    this.variance.set(state.variance as number[]);
    this.#count = state.count as number;
  }
}
