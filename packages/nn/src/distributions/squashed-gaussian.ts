import type { Generator } from '@understudy/random';
import { DiagonalGaussian, type GaussianForm, type GaussianParameters } from './diagonal-gaussian.ts';
import type { Distribution, FloatArray } from './distribution.ts';

/** 1 less float32's epsilon: actions beyond it are taken as it, because atanh(1) is infinite. */
const LARGEST_ACTION = 1 - 2 ** -23;
const INVERSE_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/** What {@link SquashedGaussian.addPathwiseGradients} differentiates. */
export interface PathwiseUpstream {
  /** Derivative of the loss by each row's log-probability, `[batch]`. */
  logProbability?: FloatArray;
  /** Derivative of the loss by each action, `[batch, actionSize]`. */
  actions?: FloatArray;
}

/**
 * tanh of a diagonal Gaussian, so that actions lie in (-1, 1): the policy of soft actor-critic (Haarnoja et al. 2018,
 * arXiv 1801.01290, appendix C). The Gaussian's draw before the tanh is called the latent.
 *
 * log p(a) = log N(u) - sum log(1 - tanh(u)^2), whose last term is computed as 2 (log 2 - |u| - log1p(exp(-2 |u|))):
 * exact also where tanh(u) rounds to 1. Working with latents loses nothing; log-probabilities of bare actions clamp
 * them to +-(1 - 2^-23) first.
 */
export class SquashedGaussian implements Distribution<GaussianParameters> {
  readonly actionSize: number;
  /** The distribution of the latents. */
  readonly gaussian: DiagonalGaussian;

  constructor(actionSize: number, { form = 'per-row' }: { form?: GaussianForm } = {}) {
    this.actionSize = actionSize;
    this.gaussian = new DiagonalGaussian(actionSize, { form });
  }

  /** @param latents - `[batch, actionSize]`, overwritten: the draws before the tanh. May be left out. */
  sample(
    parameters: GaussianParameters,
    batch: number,
    generator: Generator,
    actions: FloatArray,
    latents: FloatArray = actions,
  ): void {
    this.gaussian.sample(parameters, batch, generator, latents);
    for (let i = 0; i < batch * this.actionSize; i++) actions[i] = Math.tanh(latents[i]);
  }

  /** tanh of the means: the median of every component, which everybody takes as the deterministic action. */
  mode(parameters: GaussianParameters, batch: number, actions: FloatArray): void {
    this.gaussian.mode(parameters, batch, actions);
    for (let i = 0; i < batch * this.actionSize; i++) actions[i] = Math.tanh(actions[i]);
  }

  logProbability(parameters: GaussianParameters, actions: FloatArray, batch: number, out: FloatArray): void {
    this.#logProbability(parameters, actions, latentOf, batch, out);
  }

  /** The log-probability of the actions `tanh(latents)`. @param latents - `[batch, actionSize]` */
  logProbabilityOfLatents(parameters: GaussianParameters, latents: FloatArray, batch: number, out: FloatArray): void {
    this.#logProbability(parameters, latents, identity, batch, out);
  }

  #logProbability(
    { mean, logStandardDeviation }: GaussianParameters,
    values: FloatArray,
    toLatent: (value: number) => number,
    batch: number,
    out: FloatArray,
  ): void {
    const size = this.actionSize;
    const { meanStride, logStandardDeviationStride } = this.gaussian;
    for (let row = 0; row < batch; row++) {
      const m = row * meanStride;
      const s = row * logStandardDeviationStride;
      let sum = size * Math.log(INVERSE_SQRT_TWO_PI);
      for (let i = 0; i < size; i++) {
        const latent = toLatent(values[row * size + i]);
        const logDeviation = logStandardDeviation[s + i];
        const z = (latent - mean[m + i]) * Math.exp(-logDeviation);
        sum -= 0.5 * z * z + logDeviation + logTanhSlope(latent);
      }
      out[row] = sum;
    }
  }

  /** Those of the Gaussian at atanh(action): the tanh's term does not depend on the parameters. */
  addLogProbabilityGradients(
    { mean, logStandardDeviation }: GaussianParameters,
    actions: FloatArray,
    upstream: FloatArray,
    batch: number,
    gradients: GaussianParameters,
  ): void {
    const size = this.actionSize;
    const { meanStride, logStandardDeviationStride } = this.gaussian;
    for (let row = 0; row < batch; row++) {
      const m = row * meanStride;
      const s = row * logStandardDeviationStride;
      for (let i = 0; i < size; i++) {
        const precision = Math.exp(-logStandardDeviation[s + i]);
        const z = (latentOf(actions[row * size + i]) - mean[m + i]) * precision;
        gradients.mean[m + i] += upstream[row] * z * precision;
        gradients.logStandardDeviation[s + i] += upstream[row] * (z * z - 1);
      }
    }
  }

  /**
   * Differentiates through the sampling (the reparameterisation trick): latents = mean + sd * noise with the noise
   * held. This is the gradient that soft actor-critic's actor descends.
   *
   * @param latents - What {@link sample} drew, `[batch, actionSize]`.
   * @param gradients - Added to.
   */
  addPathwiseGradients(
    { mean }: GaussianParameters,
    latents: FloatArray,
    upstream: PathwiseUpstream,
    batch: number,
    gradients: GaussianParameters,
  ): void {
    const size = this.actionSize;
    const { meanStride, logStandardDeviationStride } = this.gaussian;
    for (let row = 0; row < batch; row++) {
      const m = row * meanStride;
      const s = row * logStandardDeviationStride;
      const byLogProbability = upstream.logProbability ? upstream.logProbability[row] : 0;
      for (let i = 0; i < size; i++) {
        const latent = latents[row * size + i];
        const action = Math.tanh(latent);
        const byAction = upstream.actions ? upstream.actions[row * size + i] : 0;
        // Along the path log N changes only by its -log sd, and the tanh's term by 2 tanh(u) du.
        const byLatent = 2 * action * byLogProbability + byAction * Math.exp(logTanhSlope(latent));
        gradients.mean[m + i] += byLatent;
        gradients.logStandardDeviation[s + i] += byLatent * (latent - mean[m + i]) - byLogProbability;
      }
    }
  }

  /**
   * The Gaussian's entropy plus E[log(1 - tanh(u)^2)]. There is no closed form: the expectation is a trapezoid sum,
   * exact to about ten digits, at about a hundred evaluations a component. Training with many samples rather uses
   * the mean of -log p.
   */
  entropy(parameters: GaussianParameters, batch: number, out: FloatArray): void {
    const { mean, logStandardDeviation } = parameters;
    const { meanStride, logStandardDeviationStride } = this.gaussian;
    this.gaussian.entropy(parameters, batch, out);
    for (let row = 0; row < batch; row++) {
      let sum = 0;
      for (let i = 0; i < this.actionSize; i++) {
        const m = mean[row * meanStride + i];
        const deviation = Math.exp(logStandardDeviation[row * logStandardDeviationStride + i]);
        sum += normalExpectation(deviation, (z) => logTanhSlope(m + deviation * z));
      }
      out[row] += sum;
    }
  }

  /** E[-2 tanh(u)] by the mean, 1 + E[-2 tanh(u) (u - mean)] by the log standard deviation. */
  addEntropyGradients(
    { mean, logStandardDeviation }: GaussianParameters,
    upstream: FloatArray,
    batch: number,
    gradients: GaussianParameters,
  ): void {
    const { meanStride, logStandardDeviationStride } = this.gaussian;
    for (let row = 0; row < batch; row++) {
      for (let i = 0; i < this.actionSize; i++) {
        const m = row * meanStride + i;
        const s = row * logStandardDeviationStride + i;
        const deviation = Math.exp(logStandardDeviation[s]);
        const byMean = normalExpectation(deviation, (z) => -2 * Math.tanh(mean[m] + deviation * z));
        const byScale = normalExpectation(deviation, (z) => -2 * Math.tanh(mean[m] + deviation * z) * deviation * z);
        gradients.mean[m] += upstream[row] * byMean;
        gradients.logStandardDeviation[s] += upstream[row] * (1 + byScale);
      }
    }
  }

  /** The divergence of the Gaussians: an invertible map of both leaves it unchanged. */
  klDivergence(p: GaussianParameters, q: GaussianParameters, batch: number, out: FloatArray): void {
    this.gaussian.klDivergence(p, q, batch, out);
  }

  addKlDivergenceGradients(
    p: GaussianParameters,
    q: GaussianParameters,
    upstream: FloatArray,
    batch: number,
    gradients: { p?: GaussianParameters; q?: GaussianParameters },
  ): void {
    this.gaussian.addKlDivergenceGradients(p, q, upstream, batch, gradients);
  }
}

function identity(value: number): number {
  return value;
}

function latentOf(action: number): number {
  return Math.atanh(Math.max(-LARGEST_ACTION, Math.min(LARGEST_ACTION, action)));
}

/** log(d tanh(u) / du) = log(1 - tanh(u)^2). */
function logTanhSlope(latent: number): number {
  const distance = Math.abs(latent);
  return 2 * (Math.LN2 - distance - Math.log1p(Math.exp(-2 * distance)));
}

/**
 * E[f(z)] over a standard normal z by the trapezoid rule, which converges exponentially for analytic functions; tanh of
 * `deviation * z` has its nearest pole at i pi / (2 deviation), so the step shrinks with the deviation, down to a bound
 * on the work.
 */
function normalExpectation(deviation: number, f: (z: number) => number): number {
  const step = Math.max(0.005, Math.min(0.25, 0.4 / deviation));
  const reach = Math.ceil(8.5 / step);
  let sum = 0;
  for (let k = -reach; k <= reach; k++) {
    const z = k * step;
    sum += Math.exp(-0.5 * z * z) * f(z);
  }
  return sum * step * INVERSE_SQRT_TWO_PI;
}
