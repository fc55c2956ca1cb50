import type { Activation } from '@understudy/nn';
import { type DeviceParameters, tf } from '@understudy/tensor';
import { isAccepted, type LineSearchOptions, trialFractions } from './line-search.ts';
import type { PolicyStatistics, PolicyUpdateOptions } from './policy-update.ts';
import {
  logProbabilities,
  meanEntropy,
  meanKl,
  type PolicyOutputs,
  policyOutputs,
  surrogate,
} from './readable-policy.ts';
import { solveOnDevice } from './tensor-conjugate-gradients.ts';

/** What of a rollout the policy learns from, on the device. */
export interface PolicyTransitions {
  /** `[rows, observationSize]` */
  observations: tf.Tensor2D;
  /** `[rows, actionSize]` */
  actions: tf.Tensor2D;
  /** `[rows]` */
  advantages: tf.Tensor1D;
}

/** The policy before its step. */
type OldPolicy = {
  flat: tf.Tensor1D;
  outputs: PolicyOutputs;
  logProbabilities: tf.Tensor1D;
  /** What the Fisher matrix is averaged over. */
  fisherObservations: tf.Tensor2D;
  fisherOutputs: PolicyOutputs;
};

/** Figures of a policy beside the old one. */
interface Evaluation {
  objective: number;
  kl: number;
  entropy: number;
}

/**
 * The step of `PolicyUpdate` on a tensor backend: gradient, conjugate gradients and step stay on the device. Of every trial
 * of the line search three numbers are read, since the next depends on them.
 */
export class TensorPolicyUpdate {
  readonly #parameters: DeviceParameters;
  readonly #activation: Activation;
  readonly #options: PolicyUpdateOptions;

  /** @param parameters - The policy's, which this moves. */
  constructor(parameters: DeviceParameters, options: PolicyUpdateOptions & { activation: Activation }) {
    this.#parameters = parameters;
    this.#activation = options.activation;
    this.#options = options;
  }

  /** Takes one step, or none when no length of it is acceptable. */
  async run(transitions: PolicyTransitions): Promise<PolicyStatistics> {
    const old = tf.tidy(() => this.#remember(transitions));
    const { step, figures } = this.#naturalStep(transitions, old);
    try {
      const [gradientNorm, cgResidual, cgIterations, curvature] = await figures.data();
      const before = await this.#evaluate(transitions, old);
      const search = { before, hasStep: curvature > 0, ...this.#options };
      const { stepFraction, after } = await this.#searchLine(transitions, old, step, search);
      const { objective, kl, entropy } = after;
      const improvement = objective - before.objective;
      return { kl, improvement, stepFraction, cgResidual, cgIterations, gradientNorm, entropy };
    } finally {
      tf.dispose([step, figures, old]);
    }
  }

  /** Tries shorter and shorter steps from the old policy, and leaves the parameters at the accepted one or the old ones. */
  async #searchLine(
    transitions: PolicyTransitions,
    old: OldPolicy,
    step: tf.Tensor1D,
    { before, hasStep, ...options }: LineSearchOptions & { before: Evaluation; hasStep: boolean },
  ): Promise<{ stepFraction: number; after: Evaluation }> {
    for (const stepFraction of hasStep ? trialFractions(options) : []) {
      this.#parameters.replace(tf.tidy(() => tf.add(old.flat, tf.mul(stepFraction, step))));
      const after = await this.#evaluate(transitions, old);
      const trial = { improvement: after.objective - before.objective, kl: after.kl };
      if (isAccepted(trial, options)) return { stepFraction, after };
    }
    this.#parameters.replace(tf.clone(old.flat));
    // Measured, the old policy's divergence from itself may be a rounding error away from 0.
    return { stepFraction: 0, after: { ...before, kl: 0 } };
  }

  #remember({ observations, actions }: PolicyTransitions): OldPolicy {
    const { fisherStride } = this.#options;
    const outputs = this.#outputs(this.#parameters.flat, observations);
    const rows = tf.range(0, observations.shape[0], fisherStride, 'int32');
    const take = (values: tf.Tensor2D) => (fisherStride === 1 ? tf.clone(values) : tf.gather(values, rows));
    return {
      flat: tf.clone(this.#parameters.flat),
      outputs,
      logProbabilities: logProbabilities(outputs, actions),
      fisherObservations: take(observations),
      fisherOutputs: { ...outputs, outputs: take(outputs.outputs) },
    };
  }

  /**
   * The full step: x = F^-1 g, scaled to s = sqrt(2 delta / (x . F x)) x, whose KL divergence is delta to second order.
   * F includes the damping.
   *
   * @returns The step, and the gradient's norm, the relative residual, the iterations and the curvature x . F x.
   */
  #naturalStep(transitions: PolicyTransitions, old: OldPolicy): { step: tf.Tensor1D; figures: tf.Tensor1D } {
    const { maxKl, cgIterations, cgTolerance } = this.#options;
    const multiply = (vector: tf.Tensor1D) => this.fisherProduct(vector, old);
    const gradient = tf.tidy(() =>
      tf.grad((flat: tf.Tensor) => {
        const policy = this.#outputs(flat as tf.Tensor1D, transitions.observations);
        return this.#objective(policy, transitions, old);
      })(old.flat),
    ) as tf.Tensor1D;
    const { solution, iterations } = solveOnDevice(multiply, gradient, {
      iterations: cgIterations,
      tolerance: cgTolerance,
    });
    const result = tf.tidy(() => {
      const product = multiply(solution);
      const curvature = tf.sum(tf.mul(solution, product));
      const length = tf.where(tf.greater(curvature, 0), tf.sqrt(tf.div(2 * maxKl, curvature)), 0);
      const gradientNorm = tf.norm(gradient);
      const left = tf.div(tf.norm(tf.sub(gradient, product)), gradientNorm);
      const residual = tf.where(tf.equal(gradientNorm, 0), 0, left);
      return {
        step: tf.mul<tf.Tensor1D>(solution, length),
        figures: tf.stack([gradientNorm, residual, iterations, curvature]) as tf.Tensor1D,
      };
    });
    tf.dispose([gradient, solution, iterations]);
    return result;
  }

  /**
   * `(F + damping) v`, `[size]`: the KL divergence from the old policy, differentiated twice there (Schulman et al. 2015,
   * appendix C.1).
   */
  fisherProduct(
    vector: tf.Tensor1D,
    old: Pick<OldPolicy, 'flat' | 'fisherObservations' | 'fisherOutputs'>,
  ): tf.Tensor1D {
    const kl = (flat: tf.Tensor) =>
      meanKl(old.fisherOutputs, this.#outputs(flat as tf.Tensor1D, old.fisherObservations));
    const along = (flat: tf.Tensor) => tf.sum(tf.mul(tf.grad(kl)(flat), vector));
    return tf.add(tf.grad(along)(old.flat), tf.mul(this.#options.cgDamping, vector));
  }

  async #evaluate(transitions: PolicyTransitions, old: OldPolicy): Promise<Evaluation> {
    const figures = tf.tidy(() => {
      const policy = this.#outputs(this.#parameters.flat, transitions.observations);
      return tf.stack([
        this.#objective(policy, transitions, old),
        meanKl(old.outputs, policy),
        meanEntropy(policy),
      ]) as tf.Tensor1D;
    });
    const [objective, kl, entropy] = await figures.data();
    figures.dispose();
    return { objective, kl, entropy };
  }

  #objective(
    policy: PolicyOutputs,
    { actions, advantages }: PolicyTransitions,
    old: Pick<OldPolicy, 'logProbabilities'>,
  ): tf.Scalar {
    const { entropyCoefficient } = this.#options;
    const gain = surrogate(policy, actions, advantages, old.logProbabilities);
    return tf.add(gain, tf.mul(entropyCoefficient, meanEntropy(policy)));
  }

  #outputs(flat: tf.Tensor1D, observations: tf.Tensor2D): PolicyOutputs {
    return policyOutputs(this.#parameters.named(flat), observations, this.#activation);
  }
}
