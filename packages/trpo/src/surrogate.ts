import type { OnPolicyBatch } from '@understudy/training';
import type { TrpoPolicy } from './networks.ts';

/** A rollout ready to learn from. The old policy's log-probabilities are computed from its networks. */
export type TrainingBatch = Omit<OnPolicyBatch, 'logProbabilities'>;

/** Means over a rollout. */
export interface SurrogateValue {
  /** What is maximised: ratio times advantage, plus the weighted entropy. */
  objective: number;
  /** KL(old || new). */
  kl: number;
  entropy: number;
}

/**
 * The surrogate objective (Schulman et al. 2015, equation 14) with an entropy bonus,
 *
 *     L = mean_i r_i A_i + c mean_i H_i,  r_i = p(a_i | s_i) / pOld(a_i | s_i)
 *
 * over one rollout. It passes through the actor in blocks.
 */
export class Surrogate {
  readonly #policy: TrpoPolicy;
  readonly #entropyCoefficient: number;
  readonly #oldOutputs: Float32Array;
  readonly #oldLogProbabilities: Float32Array;
  readonly #outputGradients: Float32Array;
  /** Of one block each. */
  readonly #logProbabilities: Float32Array;
  readonly #entropies: Float32Array;
  readonly #divergences: Float32Array;
  readonly #value: SurrogateValue = { objective: 0, kl: 0, entropy: 0 };

  /** @param rows - Transitions in one rollout. */
  constructor(policy: TrpoPolicy, rows: number, { entropyCoefficient }: { entropyCoefficient: number }) {
    const { actor, parameters } = policy;
    this.#policy = policy;
    this.#entropyCoefficient = entropyCoefficient;
    this.#oldOutputs = new Float32Array(rows * actor.outputSize);
    this.#oldLogProbabilities = new Float32Array(rows);
    this.#outputGradients = parameters.memory.float32(actor.maxBatch * actor.outputSize);
    this.#logProbabilities = new Float32Array(actor.maxBatch);
    this.#entropies = new Float32Array(actor.maxBatch);
    this.#divergences = new Float32Array(actor.maxBatch);
  }

  /**
   * Makes the present policy the old one, and leaves the objective's gradient in the gradients of the policy's
   * parameters. There, where every ratio is 1, the derivative of a term by its log-probability is the advantage.
   */
  differentiate(batch: TrainingBatch): void {
    const { actor, head, divergence, parameters } = this.#policy;
    const { rows, actions, advantages } = batch;
    const actionSize = actions.length / rows;
    const byLogProbability = this.#logProbabilities;
    const byEntropy = this.#entropies.fill(this.#entropyCoefficient / rows);
    divergence.keepOld();
    parameters.zeroGradients();
    for (let first = 0; first < rows; first += actor.maxBatch) {
      const count = Math.min(actor.maxBatch, rows - first);
      const outputs = this.#forward(batch.observations, first, count);
      const taken = actions.subarray(first * actionSize, (first + count) * actionSize);
      this.#oldOutputs.set(outputs, first * actor.outputSize);
      head.logProbability(outputs, taken, count, this.#oldLogProbabilities.subarray(first, first + count));
      for (let i = 0; i < count; i++) byLogProbability[i] = advantages[first + i] / rows;
      head.backward(outputs, taken, byLogProbability, byEntropy, count, this.#outputGradients);
      actor.backward(this.#outputGradients, count);
    }
  }

  /** The objective of the present policy over the batch last given to {@link differentiate}; overwritten by the next. */
  evaluate(batch: TrainingBatch): Readonly<SurrogateValue> {
    const { actor } = this.#policy;
    const value = this.#value;
    value.objective = value.kl = value.entropy = 0;
    for (let first = 0; first < batch.rows; first += actor.maxBatch) {
      this.#addBlock(batch, first, Math.min(actor.maxBatch, batch.rows - first));
    }
    value.kl /= batch.rows;
    value.entropy /= batch.rows;
    value.objective = value.objective / batch.rows + this.#entropyCoefficient * value.entropy;
    return value;
  }

  #addBlock({ rows, observations, actions, advantages }: TrainingBatch, first: number, count: number): void {
    const { actor, head, divergence } = this.#policy;
    const actionSize = actions.length / rows;
    const outputs = this.#forward(observations, first, count);
    const oldOutputs = this.#oldOutputs.subarray(first * actor.outputSize, (first + count) * actor.outputSize);
    head.logProbability(
      outputs,
      actions.subarray(first * actionSize, (first + count) * actionSize),
      count,
      this.#logProbabilities,
    );
    divergence.rows(oldOutputs, outputs, count, this.#divergences);
    head.entropy(outputs, count, this.#entropies);
    const value = this.#value;
    for (let i = 0; i < count; i++) {
      const logRatio = this.#logProbabilities[i] - this.#oldLogProbabilities[first + i];
      value.objective += Math.exp(logRatio) * advantages[first + i];
      value.kl += this.#divergences[i];
      value.entropy += this.#entropies[i];
    }
  }

  #forward(observations: Float32Array, first: number, count: number): Float32Array {
    const { inputBuffer, inputSize } = this.#policy.actor;
    inputBuffer.set(observations.subarray(first * inputSize, (first + count) * inputSize));
    return this.#policy.actor.forward(inputBuffer, count);
  }
}
