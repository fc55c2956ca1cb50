import { Categorical, DiagonalGaussian, type ParameterVector } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import type { PolicySpec } from '@understudy/training';

/** The distribution over actions that the actor's outputs describe, and its derivatives. */
export interface ActionHead {
  /** Draws actions and tells their log-probabilities. @param outputs - `[batch, outputSize]` */
  sample(
    outputs: Float32Array,
    batch: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void;
  /** @param out - `[batch]`, overwritten. */
  logProbability(outputs: Float32Array, actions: Float32Array, batch: number, out: Float32Array): void;
  /** Mean entropy over the batch, in nats. */
  entropy(outputs: Float32Array, batch: number): number;
  /**
   * Derivatives of a loss: overwrites `outputGradients`, and adds to the gradients of parameters of its own.
   *
   * @param logProbabilityGradients - Derivative of the loss by each log-probability, `[batch]`.
   * @param entropyGradient - Derivative of the loss by each row's entropy.
   */
  backward(
    outputs: Float32Array,
    actions: Float32Array,
    logProbabilityGradients: Float32Array,
    entropyGradient: number,
    batch: number,
    outputGradients: Float32Array,
  ): void;
}

/**
 * The head that a policy's spec names.
 *
 * @param parameters - Holds the Gaussian's `log_standard_deviation`.
 * @param maxBatch - The largest batch it will get.
 */
export function createActionHead(spec: PolicySpec, parameters: ParameterVector, maxBatch: number): ActionHead {
  return spec.distribution === 'categorical'
    ? new CategoricalHead(spec.outputSize, maxBatch)
    : new GaussianHead(spec.actionSize, parameters, maxBatch);
}

/** Means from the network, one standard deviation a component for all observations. */
class GaussianHead implements ActionHead {
  readonly #gaussian: DiagonalGaussian;
  readonly #parameters: { mean: Float32Array; logStandardDeviation: Float32Array };
  readonly #gradients: { mean: Float32Array; logStandardDeviation: Float32Array };
  readonly #entropies = new Float32Array(1);
  readonly #entropyGradients: Float32Array;

  constructor(actionSize: number, parameters: ParameterVector, maxBatch: number) {
    this.#gaussian = new DiagonalGaussian(actionSize);
    const none = new Float32Array(0);
    this.#parameters = { mean: none, logStandardDeviation: parameters.tensor('log_standard_deviation') };
    this.#gradients = { mean: none, logStandardDeviation: parameters.gradient('log_standard_deviation') };
    this.#entropyGradients = new Float32Array(maxBatch);
  }

  sample(
    outputs: Float32Array,
    batch: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void {
    this.#parameters.mean = outputs;
    this.#gaussian.sample(this.#parameters, batch, generator, actions);
    this.#gaussian.logProbability(this.#parameters, actions, batch, logProbabilities);
  }

  logProbability(outputs: Float32Array, actions: Float32Array, batch: number, out: Float32Array): void {
    this.#parameters.mean = outputs;
    this.#gaussian.logProbability(this.#parameters, actions, batch, out);
  }

  /** The same in every row. */
  entropy(outputs: Float32Array): number {
    this.#parameters.mean = outputs;
    this.#gaussian.entropy(this.#parameters, 1, this.#entropies);
    return this.#entropies[0];
  }

  backward(
    outputs: Float32Array,
    actions: Float32Array,
    logProbabilityGradients: Float32Array,
    entropyGradient: number,
    batch: number,
    outputGradients: Float32Array,
  ): void {
    this.#parameters.mean = outputs;
    this.#gradients.mean = outputGradients.fill(0);
    this.#gaussian.addLogProbabilityGradients(
      this.#parameters,
      actions,
      logProbabilityGradients,
      batch,
      this.#gradients,
    );
    if (entropyGradient === 0) return;
    this.#entropyGradients.fill(entropyGradient);
    this.#gaussian.addEntropyGradients(this.#parameters, this.#entropyGradients, batch, this.#gradients);
  }
}

/** One of several choices; the outputs are its logits. */
class CategoricalHead implements ActionHead {
  readonly #categorical: Categorical;
  readonly #parameters: { logits: Float32Array } = { logits: new Float32Array(0) };
  readonly #gradients: { logits: Float32Array } = { logits: new Float32Array(0) };
  readonly #entropies: Float32Array;

  constructor(choices: number, maxBatch: number) {
    this.#categorical = new Categorical(choices);
    this.#entropies = new Float32Array(maxBatch);
  }

  sample(
    outputs: Float32Array,
    batch: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void {
    this.#parameters.logits = outputs;
    this.#categorical.sample(this.#parameters, batch, generator, actions);
    this.#categorical.logProbability(this.#parameters, actions, batch, logProbabilities);
  }

  logProbability(outputs: Float32Array, actions: Float32Array, batch: number, out: Float32Array): void {
    this.#parameters.logits = outputs;
    this.#categorical.logProbability(this.#parameters, actions, batch, out);
  }

  entropy(outputs: Float32Array, batch: number): number {
    this.#parameters.logits = outputs;
    this.#categorical.entropy(this.#parameters, batch, this.#entropies);
    let sum = 0;
    for (let i = 0; i < batch; i++) sum += this.#entropies[i];
    return sum / batch;
  }

  backward(
    outputs: Float32Array,
    actions: Float32Array,
    logProbabilityGradients: Float32Array,
    entropyGradient: number,
    batch: number,
    outputGradients: Float32Array,
  ): void {
    this.#parameters.logits = outputs;
    this.#gradients.logits = outputGradients.fill(0);
    this.#categorical.addLogProbabilityGradients(
      this.#parameters,
      actions,
      logProbabilityGradients,
      batch,
      this.#gradients,
    );
    if (entropyGradient === 0) return;
    this.#entropies.fill(entropyGradient);
    this.#categorical.addEntropyGradients(this.#parameters, this.#entropies, batch, this.#gradients);
  }
}
