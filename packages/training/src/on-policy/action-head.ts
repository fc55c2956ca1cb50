import { Categorical, DiagonalGaussian, type Distribution, type ParameterVector } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import type { PolicySpec } from '../network-policy.ts';

/** The distribution over actions that the actor's outputs, `[batch, outputSize]`, describe, and its derivatives. */
export interface ActionHead {
  /** Draws actions and tells their log-probabilities. */
  sample(
    outputs: Float32Array,
    batch: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void;
  /** @param out - `[batch]`, overwritten. */
  logProbability(outputs: Float32Array, actions: Float32Array, batch: number, out: Float32Array): void;
  /** Entropy of each row, in nats. @param out - `[batch]`, overwritten. */
  entropy(outputs: Float32Array, batch: number, out: Float32Array): void;
  /**
   * Derivatives of a function of log-probabilities and entropies: overwrites `outputGradients`, and adds to the
   * gradients of parameters of its own.
   *
   * @param byLogProbability - Derivative by each log-probability, `[batch]`.
   * @param byEntropy - Derivative by each row's entropy, `[batch]`; null when entropies don't count.
   */
  backward(
    outputs: Float32Array,
    actions: Float32Array,
    byLogProbability: Float32Array,
    byEntropy: Float32Array | null,
    batch: number,
    outputGradients: Float32Array,
  ): void;
}

/**
 * The head that a policy's spec names.
 *
 * @param parameters - The policy's; holds the Gaussian's `log_standard_deviation`.
 */
export function createActionHead(spec: PolicySpec, parameters: ParameterVector): ActionHead {
  return spec.distribution === 'categorical'
    ? new DistributionHead(categoricalFamily(spec.outputSize))
    : new DistributionHead(gaussianFamily(spec.actionSize, parameters));
}

/** A distribution, and how its parameters come from outputs. */
interface Family<P> {
  distribution: Distribution<P>;
  parameters(outputs: Float32Array): P;
  gradients(outputGradients: Float32Array): P;
}

class DistributionHead<P> implements ActionHead {
  readonly #family: Family<P>;

  constructor(family: Family<P>) {
    this.#family = family;
  }

  sample(
    outputs: Float32Array,
    batch: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void {
    this.#family.distribution.sample(this.#family.parameters(outputs), batch, generator, actions);
    this.logProbability(outputs, actions, batch, logProbabilities);
  }

  logProbability(outputs: Float32Array, actions: Float32Array, batch: number, out: Float32Array): void {
    this.#family.distribution.logProbability(this.#family.parameters(outputs), actions, batch, out);
  }

  entropy(outputs: Float32Array, batch: number, out: Float32Array): void {
    this.#family.distribution.entropy(this.#family.parameters(outputs), batch, out);
  }

  backward(
    outputs: Float32Array,
    actions: Float32Array,
    byLogProbability: Float32Array,
    byEntropy: Float32Array | null,
    batch: number,
    outputGradients: Float32Array,
  ): void {
    const { distribution } = this.#family;
    const parameters = this.#family.parameters(outputs);
    const gradients = this.#family.gradients(outputGradients.fill(0));
    distribution.addLogProbabilityGradients(parameters, actions, byLogProbability, batch, gradients);
    if (byEntropy) distribution.addEntropyGradients(parameters, byEntropy, batch, gradients);
  }
}

const none: Float32Array = new Float32Array(0);

/** Means from the network, one standard deviation a component for all observations. */
function gaussianFamily(
  size: number,
  vector: ParameterVector,
): Family<{ mean: Float32Array; logStandardDeviation: Float32Array }> {
  const name = 'log_standard_deviation';
  const parameters = { mean: none, logStandardDeviation: vector.tensor(name) };
  const gradients = { mean: none, logStandardDeviation: vector.gradient(name) };
  return {
    distribution: new DiagonalGaussian(size),
    parameters(outputs) {
      parameters.mean = outputs;
      return parameters;
    },
    gradients(outputGradients) {
      gradients.mean = outputGradients;
      return gradients;
    },
  };
}

/** One of several choices; the outputs are its logits. */
function categoricalFamily(choices: number): Family<{ logits: Float32Array }> {
  const parameters = { logits: none };
  const gradients = { logits: none };
  return {
    distribution: new Categorical(choices),
    parameters(outputs) {
      parameters.logits = outputs;
      return parameters;
    },
    gradients(outputGradients) {
      gradients.logits = outputGradients;
      return gradients;
    },
  };
}
