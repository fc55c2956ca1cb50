import { Categorical, DiagonalGaussian, type Distribution, type ParameterVector } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import type { PolicySpec } from '@understudy/training';

/**
 * The distribution over actions that the actor's outputs describe, with what a trust region asks of it. Outputs, tangents
 * and output gradients are `[batch, outputSize]`.
 */
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
   * @param byEntropy - Derivative by each row's entropy, `[batch]`.
   */
  backward(
    outputs: Float32Array,
    actions: Float32Array,
    byLogProbability: Float32Array,
    byEntropy: Float32Array,
    batch: number,
    outputGradients: Float32Array,
  ): void;
  /** Remembers the parameters of its own as those of the old policy, for {@link klDivergence}. */
  keepOld(): void;
  /** KL(old || new) of each row, in nats. @param out - `[batch]`, overwritten. */
  klDivergence(oldOutputs: Float32Array, outputs: Float32Array, batch: number, out: Float32Array): void;
  /**
   * `scale` M t for each row's output tangents t, where M is the Fisher matrix by the outputs: the second derivative of
   * the KL divergence at the old policy.
   */
  fisherProduct(outputs: Float32Array, tangents: Float32Array, scale: number, batch: number, out: Float32Array): void;
  /**
   * Adds the product for parameters of its own; no row mixes them with outputs.
   *
   * @param direction - Laid out as the policy's parameters.
   * @param product - The same, added to.
   */
  addOwnFisherProduct(direction: Float32Array, product: Float32Array): void;
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

/** A distribution, how its parameters come from outputs, and its Fisher matrix. */
interface Family<P> extends Pick<ActionHead, 'keepOld' | 'fisherProduct' | 'addOwnFisherProduct'> {
  distribution: Distribution<P>;
  parameters(outputs: Float32Array): P;
  oldParameters(outputs: Float32Array): P;
  gradients(outputGradients: Float32Array): P;
}

class DistributionHead<P> implements ActionHead {
  readonly #family: Family<P>;
  readonly keepOld: ActionHead['keepOld'];
  readonly fisherProduct: ActionHead['fisherProduct'];
  readonly addOwnFisherProduct: ActionHead['addOwnFisherProduct'];

  constructor(family: Family<P>) {
    this.#family = family;
    this.keepOld = family.keepOld;
    this.fisherProduct = family.fisherProduct;
    this.addOwnFisherProduct = family.addOwnFisherProduct;
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
    byEntropy: Float32Array,
    batch: number,
    outputGradients: Float32Array,
  ): void {
    const { distribution } = this.#family;
    const parameters = this.#family.parameters(outputs);
    const gradients = this.#family.gradients(outputGradients.fill(0));
    distribution.addLogProbabilityGradients(parameters, actions, byLogProbability, batch, gradients);
    distribution.addEntropyGradients(parameters, byEntropy, batch, gradients);
  }

  klDivergence(oldOutputs: Float32Array, outputs: Float32Array, batch: number, out: Float32Array): void {
    const { distribution } = this.#family;
    distribution.klDivergence(this.#family.oldParameters(oldOutputs), this.#family.parameters(outputs), batch, out);
  }
}

/** Means from the network, one standard deviation a component for all observations. */
function gaussianFamily(
  size: number,
  vector: ParameterVector,
): Family<{ mean: Float32Array; logStandardDeviation: Float32Array }> {
  const none = new Float32Array(0);
  const name = 'log_standard_deviation';
  const logStandardDeviation = vector.tensor(name);
  const oldLogStandardDeviation = logStandardDeviation.slice();
  const present = { mean: none, logStandardDeviation };
  const old = { mean: none, logStandardDeviation: oldLogStandardDeviation };
  const gradients = { mean: none, logStandardDeviation: vector.gradient(name) };
  const { offset } = vector.layout.find((slot) => slot.name === name)!;
  const withMean = <T extends { mean: Float32Array }>(parameters: T, mean: Float32Array) => {
    parameters.mean = mean;
    return parameters;
  };
  return {
    distribution: new DiagonalGaussian(size),
    parameters: (outputs) => withMean(present, outputs),
    oldParameters: (outputs) => withMean(old, outputs),
    gradients: (outputGradients) => withMean(gradients, outputGradients),
    keepOld: () => oldLogStandardDeviation.set(logStandardDeviation),
    // 1 / sd^2 by the means.
    fisherProduct(_outputs, tangents, scale, batch, out) {
      for (let k = 0; k < size; k++) {
        const precision = scale * Math.exp(-2 * logStandardDeviation[k]);
        for (let at = k; at < batch * size; at += size) out[at] = precision * tangents[at];
      }
    },
    // 2 by the log standard deviations, the same in every row.
    addOwnFisherProduct(direction, product) {
      for (let k = offset; k < offset + size; k++) product[k] += 2 * direction[k];
    },
  };
}

/** One of several choices; the outputs are its logits. */
function categoricalFamily(choices: number): Family<{ logits: Float32Array }> {
  const none = new Float32Array(0);
  const present = { logits: none };
  const old = { logits: none };
  const gradients = { logits: none };
  const withLogits = (parameters: { logits: Float32Array }, logits: Float32Array) => {
    parameters.logits = logits;
    return parameters;
  };
  return {
    distribution: new Categorical(choices),
    parameters: (outputs) => withLogits(present, outputs),
    oldParameters: (outputs) => withLogits(old, outputs),
    gradients: (outputGradients) => withLogits(gradients, outputGradients),
    keepOld() {},
    // (diag(p) - p p^T) t = p (t - p . t).
    fisherProduct(logits, tangents, scale, batch, out) {
      for (let start = 0; start < batch * choices; start += choices) {
        let greatest = -Infinity;
        for (let i = start; i < start + choices; i++) greatest = Math.max(greatest, logits[i]);
        let total = 0;
        let mean = 0;
        for (let i = start; i < start + choices; i++) {
          const weight = Math.exp(logits[i] - greatest);
          total += weight;
          mean += weight * tangents[i];
        }
        mean /= total;
        for (let i = start; i < start + choices; i++) {
          out[i] = scale * (Math.exp(logits[i] - greatest) / total) * (tangents[i] - mean);
        }
      }
    },
    addOwnFisherProduct() {},
  };
}
