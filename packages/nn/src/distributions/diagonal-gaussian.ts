import type { Generator } from '@understudy/random';
import type { Distribution, FloatArray } from './distribution.ts';

/** Parameters of a batch of Gaussians with independent components; also the form of their gradients. */
export interface GaussianParameters {
  mean: FloatArray;
  logStandardDeviation: FloatArray;
}

/**
 * Where the standard deviations lie:
 *
 * | form | `mean` | `logStandardDeviation` |
 * |---|---|---|
 * | `shared` | `[batch, size]` | `[size]`, the same for every row; its gradient is the sum over the batch |
 * | `per-row` | `[batch, size]` | `[batch, size]` |
 * | `joint` | `[batch, 2 * size]`, a network's outputs | the same array from element `size` on (`outputs.subarray(size)`) |
 */
export type GaussianForm = 'shared' | 'per-row' | 'joint';

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Gaussians with diagonal covariance: the usual policy for continuous actions. */
export class DiagonalGaussian implements Distribution<GaussianParameters> {
  readonly actionSize: number;
  readonly form: GaussianForm;
  /** Elements from one row's means to the next's. */
  readonly meanStride: number;
  /** Elements from one row's log standard deviations to the next's; 0 when they are shared. */
  readonly logStandardDeviationStride: number;

  /** @param actionSize - Components of one action. */
  constructor(actionSize: number, { form = 'shared' }: { form?: GaussianForm } = {}) {
    this.actionSize = actionSize;
    this.form = form;
    this.meanStride = form === 'joint' ? 2 * actionSize : actionSize;
    this.logStandardDeviationStride = form === 'shared' ? 0 : this.meanStride;
  }

  /** Draws `mean + standardDeviation * z`, with the normals z taken row by row from the generator. */
  sample(parameters: GaussianParameters, batch: number, generator: Generator, actions: FloatArray): void {
    const { mean, logStandardDeviation } = parameters;
    const size = this.actionSize;
    for (let row = 0; row < batch; row++) {
      const m = row * this.meanStride;
      const s = row * this.logStandardDeviationStride;
      for (let i = 0; i < size; i++) {
        actions[row * size + i] = mean[m + i] + Math.exp(logStandardDeviation[s + i]) * generator.standardNormal();
      }
    }
  }

  /** The means. */
  mode({ mean }: GaussianParameters, batch: number, actions: FloatArray): void {
    const size = this.actionSize;
    for (let row = 0; row < batch; row++) {
      const m = row * this.meanStride;
      for (let i = 0; i < size; i++) actions[row * size + i] = mean[m + i];
    }
  }

  logProbability(parameters: GaussianParameters, actions: FloatArray, batch: number, out: FloatArray): void {
    const { mean, logStandardDeviation } = parameters;
    const size = this.actionSize;
    for (let row = 0; row < batch; row++) {
      const m = row * this.meanStride;
      const s = row * this.logStandardDeviationStride;
      let sum = -size * HALF_LOG_TWO_PI;
      for (let i = 0; i < size; i++) {
        const logDeviation = logStandardDeviation[s + i];
        const z = (actions[row * size + i] - mean[m + i]) * Math.exp(-logDeviation);
        sum -= 0.5 * z * z + logDeviation;
      }
      out[row] = sum;
    }
  }

  /** With z = (a - mean) / sd: z / sd by the mean, z^2 - 1 by the log standard deviation. */
  addLogProbabilityGradients(
    parameters: GaussianParameters,
    actions: FloatArray,
    upstream: FloatArray,
    batch: number,
    gradients: GaussianParameters,
  ): void {
    const { mean, logStandardDeviation } = parameters;
    const size = this.actionSize;
    for (let row = 0; row < batch; row++) {
      const m = row * this.meanStride;
      const s = row * this.logStandardDeviationStride;
      for (let i = 0; i < size; i++) {
        const precision = Math.exp(-logStandardDeviation[s + i]);
        const z = (actions[row * size + i] - mean[m + i]) * precision;
        gradients.mean[m + i] += upstream[row] * z * precision;
        gradients.logStandardDeviation[s + i] += upstream[row] * (z * z - 1);
      }
    }
  }

  entropy({ logStandardDeviation }: GaussianParameters, batch: number, out: FloatArray): void {
    const size = this.actionSize;
    for (let row = 0; row < batch; row++) {
      const s = row * this.logStandardDeviationStride;
      let sum = size * (0.5 + HALF_LOG_TWO_PI);
      for (let i = 0; i < size; i++) sum += logStandardDeviation[s + i];
      out[row] = sum;
    }
  }

  /** 1 by each log standard deviation. */
  addEntropyGradients(
    _parameters: GaussianParameters,
    upstream: FloatArray,
    batch: number,
    gradients: GaussianParameters,
  ): void {
    for (let row = 0; row < batch; row++) {
      const s = row * this.logStandardDeviationStride;
      for (let i = 0; i < this.actionSize; i++) gradients.logStandardDeviation[s + i] += upstream[row];
    }
  }

  /** Sum over the components of log(sd_q / sd_p) + (var_p + (mean_p - mean_q)^2) / (2 var_q) - 1/2. */
  klDivergence(p: GaussianParameters, q: GaussianParameters, batch: number, out: FloatArray): void {
    for (let row = 0; row < batch; row++) {
      const m = row * this.meanStride;
      const s = row * this.logStandardDeviationStride;
      let sum = 0;
      for (let i = 0; i < this.actionSize; i++) {
        const logRatio = p.logStandardDeviation[s + i] - q.logStandardDeviation[s + i];
        const distance = (p.mean[m + i] - q.mean[m + i]) * Math.exp(-q.logStandardDeviation[s + i]);
        sum += 0.5 * (Math.expm1(2 * logRatio) + distance * distance) - logRatio;
      }
      out[row] = sum;
    }
  }

  addKlDivergenceGradients(
    p: GaussianParameters,
    q: GaussianParameters,
    upstream: FloatArray,
    batch: number,
    gradients: { p?: GaussianParameters; q?: GaussianParameters },
  ): void {
    for (let row = 0; row < batch; row++) {
      const m = row * this.meanStride;
      const s = row * this.logStandardDeviationStride;
      for (let i = 0; i < this.actionSize; i++) {
        const precision = Math.exp(-q.logStandardDeviation[s + i]);
        const distance = (p.mean[m + i] - q.mean[m + i]) * precision;
        const excess = Math.expm1(2 * (p.logStandardDeviation[s + i] - q.logStandardDeviation[s + i]));
        if (gradients.p) {
          gradients.p.mean[m + i] += upstream[row] * distance * precision;
          gradients.p.logStandardDeviation[s + i] += upstream[row] * excess;
        }
        if (gradients.q) {
          gradients.q.mean[m + i] -= upstream[row] * distance * precision;
          gradients.q.logStandardDeviation[s + i] -= upstream[row] * (excess + distance * distance);
        }
      }
    }
  }
}
