import type { TrpoConfig } from './config.ts';
import { ConjugateGradients, dot, type MatrixProduct } from './conjugate-gradients.ts';
import { FisherProduct } from './fisher.ts';
import { searchLine } from './line-search.ts';
import type { TrpoPolicy } from './networks.ts';
import { Surrogate, type TrainingBatch } from './surrogate.ts';

/** What one step of the policy did. */
export interface PolicyStatistics {
  /** Mean KL divergence of the new policy from the old one; at most `maxKl`. */
  kl: number;
  /** By how much the surrogate objective grew. */
  improvement: number;
  /** Part of the full step that was taken; 0 when none was accepted. */
  stepFraction: number;
  /** What conjugate gradients left unsolved: the norm of the residual over the gradient's. */
  cgResidual: number;
  cgIterations: number;
  /** Norm of the surrogate's gradient. */
  gradientNorm: number;
  /** Mean entropy of the new policy, in nats. */
  entropy: number;
}

/** What of the configuration the policy's step depends on. */
export type PolicyUpdateOptions = Pick<
  TrpoConfig,
  | 'maxKl'
  | 'cgIterations'
  | 'cgDamping'
  | 'cgTolerance'
  | 'fisherStride'
  | 'backtrackFactor'
  | 'backtrackAttempts'
  | 'entropyCoefficient'
>;

/** Improves a policy within a trust region: one natural gradient step and a line search (Schulman et al. 2015). */
export class PolicyUpdate {
  readonly #policy: TrpoPolicy;
  readonly #options: PolicyUpdateOptions;
  readonly #surrogate: Surrogate;
  readonly #fisher: FisherProduct;
  readonly #solver: ConjugateGradients;
  readonly #multiply: MatrixProduct;
  readonly #gradient: Float64Array;
  readonly #step: Float64Array;
  readonly #product: Float64Array;
  readonly #oldParameters: Float32Array;

  /** @param rows - Transitions in one rollout. */
  constructor(policy: TrpoPolicy, options: PolicyUpdateOptions, rows: number) {
    const { size } = policy.parameters;
    this.#policy = policy;
    this.#options = options;
    this.#surrogate = new Surrogate(policy, rows, options);
    this.#fisher = new FisherProduct(policy, rows, { damping: options.cgDamping, stride: options.fisherStride });
    this.#solver = new ConjugateGradients(size);
    this.#multiply = (vector, out) => this.#fisher.multiply(vector, out);
    this.#gradient = new Float64Array(size);
    this.#step = new Float64Array(size);
    this.#product = new Float64Array(size);
    this.#oldParameters = new Float32Array(size);
  }

  /** Takes one step, or none when no length of it is acceptable. */
  run(batch: TrainingBatch): PolicyStatistics {
    const { parameters } = this.#policy.parameters;
    this.#surrogate.differentiate(batch);
    this.#gradient.set(this.#policy.parameters.gradients);
    const oldObjective = this.#surrogate.evaluate(batch).objective;
    const solution = this.#naturalStep(batch);
    this.#oldParameters.set(parameters);
    const stepFraction = solution.hasStep
      ? searchLine((fraction) => {
          for (let i = 0; i < parameters.length; i++) parameters[i] = this.#oldParameters[i] + fraction * this.#step[i];
          const { objective, kl } = this.#surrogate.evaluate(batch);
          return { improvement: objective - oldObjective, kl };
        }, this.#options)
      : 0;
    if (stepFraction === 0) parameters.set(this.#oldParameters);
    const { objective, kl, entropy } = this.#surrogate.evaluate(batch);
    return {
      kl,
      improvement: objective - oldObjective,
      stepFraction,
      cgResidual: solution.residual,
      cgIterations: solution.iterations,
      gradientNorm: solution.gradientNorm,
      entropy,
    };
  }

  /**
   * The full step: x = F^-1 g, scaled to s = sqrt(2 delta / (x . F x)) x, whose KL divergence is delta to second order.
   * F includes the damping.
   */
  #naturalStep({ observations, rows }: TrainingBatch) {
    const { maxKl, cgIterations, cgTolerance } = this.#options;
    const gradient = this.#gradient;
    const step = this.#step;
    this.#fisher.prepare(observations, rows);
    const iterations = this.#solver.solve(this.#multiply, gradient, step, {
      iterations: cgIterations,
      tolerance: cgTolerance,
    });
    this.#multiply(step, this.#product);
    const curvature = dot(step, this.#product);
    const gradientNorm = Math.sqrt(dot(gradient, gradient));
    let residual = 0;
    for (let i = 0; i < step.length; i++) residual += (gradient[i] - this.#product[i]) ** 2;
    const hasStep = curvature > 0;
    const scale = hasStep ? Math.sqrt((2 * maxKl) / curvature) : 0;
    for (let i = 0; i < step.length; i++) step[i] *= scale;
    return {
      hasStep,
      iterations,
      gradientNorm,
      residual: gradientNorm === 0 ? 0 : Math.sqrt(residual) / gradientNorm,
    };
  }
}
