import { Adam, type Tensor } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { type OnPolicyBatch, pauseEvery } from '@understudy/training';
import type { PpoConfig } from './config.ts';
import { clippedSurrogate, clippedValueLoss, normalizeAdvantages, type SurrogateStatistics } from './loss.ts';
import type { PpoNetworks } from './networks.ts';

/** Means over the minibatches of the last pass, and how far the passes got. */
export interface UpdateStatistics extends SurrogateStatistics {
  valueLoss: number;
  entropy: number;
  /** Norm of the gradient before clipping. */
  gradientNorm: number;
  /** Passes made; fewer than configured when the KL divergence ended them. */
  epochs: number;
}

/** Turns rollouts into better networks: several passes of minibatch steps on the clipped objective. */
export interface PpoUpdate {
  /**
   * Learns from one rollout.
   *
   * @param generator - Decides which transitions make up each minibatch.
   * @returns Statistics that the next call overwrites.
   */
  run(batch: OnPolicyBatch, learningRate: number, generator: Generator): Promise<Readonly<UpdateStatistics>>;
  /** The optimiser's part of a checkpoint; the same for every engine. */
  tensors(): [name: string, tensor: Tensor][];
  /** Puts back what {@link tensors} gave. @throws InputError when it doesn't fit. */
  load(tensors: ReadonlyMap<string, Tensor>): void;
  /** Gives back what the engine holds outside this process's memory. */
  dispose(): void;
}

/**
 * Makes an engine's update.
 *
 * @param rows - Transitions in one rollout.
 * @param actionSize - Numbers in one action.
 */
export type CreatePpoUpdate = (networks: PpoNetworks, config: PpoConfig, rows: number, actionSize: number) => PpoUpdate;

/** A {@link PpoUpdate} on the fused kernels, with the gradients in closed form. */
export class KernelUpdate implements PpoUpdate {
  readonly #optimizer: Adam;
  readonly #networks: PpoNetworks;
  readonly #config: PpoConfig;
  readonly #order: Int32Array;
  readonly #actions: Float32Array;
  readonly #logProbabilities: Float32Array;
  readonly #oldLogProbabilities: Float32Array;
  readonly #logProbabilityGradients: Float32Array;
  /** Of each row, then the derivatives by them. */
  readonly #entropies: Float32Array;
  readonly #outputGradients: Float32Array;
  readonly #oldValues: Float32Array;
  readonly #advantages: Float32Array;
  readonly #returns: Float32Array;
  readonly #valueGradients: Float32Array;
  readonly #pause = pauseEvery();
  readonly #surrogate: SurrogateStatistics = { loss: 0, kl: 0, clipFraction: 0 };
  readonly #sums: UpdateStatistics = {
    loss: 0,
    kl: 0,
    clipFraction: 0,
    valueLoss: 0,
    entropy: 0,
    gradientNorm: 0,
    epochs: 0,
  };

  constructor(networks: PpoNetworks, config: PpoConfig, rows: number, actionSize: number) {
    const batch = minibatchSize(rows, config.minibatches);
    this.#networks = networks;
    this.#config = config;
    this.#optimizer = new Adam(networks.parameters, {
      epsilon: config.adamEpsilon,
      maxGradientNorm: config.maxGradientNorm,
    });
    this.#order = new Int32Array(rows);
    this.#actions = new Float32Array(batch * actionSize);
    this.#logProbabilities = new Float32Array(batch);
    this.#oldLogProbabilities = new Float32Array(batch);
    this.#logProbabilityGradients = new Float32Array(batch);
    this.#entropies = new Float32Array(batch);
    this.#outputGradients = new Float32Array(batch * networks.actor.outputSize);
    this.#oldValues = new Float32Array(batch);
    this.#advantages = new Float32Array(batch);
    this.#returns = new Float32Array(batch);
    this.#valueGradients = new Float32Array(batch);
  }

  async run(batch: OnPolicyBatch, learningRate: number, generator: Generator): Promise<Readonly<UpdateStatistics>> {
    const { epochs, minibatches, targetKl } = this.#config;
    const { rows } = batch;
    const size = minibatchSize(rows, minibatches);
    const statistics = this.#sums;
    for (let i = 0; i < rows; i++) this.#order[i] = i;
    for (let epoch = 0; epoch < epochs; epoch++) {
      this.#clearStatistics();
      generator.shuffle(this.#order);
      let steps = 0;
      for (let first = 0; first < rows; first += size, steps++) {
        const paused = this.#pause();
        if (paused) await paused;
        this.#step(batch, first, Math.min(size, rows - first), learningRate);
      }
      this.#averageStatistics(steps);
      statistics.epochs = epoch + 1;
      if (targetKl !== null && statistics.kl > targetKl) break;
    }
    return statistics;
  }

  tensors(): [name: string, tensor: Tensor][] {
    return this.#optimizer.tensors();
  }

  load(tensors: ReadonlyMap<string, Tensor>): void {
    this.#optimizer.load(tensors);
  }

  dispose(): void {}

  /** One gradient step on the transitions `order[first ... first + size]`. */
  #step(batch: OnPolicyBatch, first: number, size: number, learningRate: number): void {
    const { parameters } = this.#networks;
    this.#gather(batch, first, size);
    parameters.zeroGradients();
    this.#backpropagatePolicyLoss(size);
    this.#backpropagateValueLoss(size);
    this.#sums.gradientNorm += this.#optimizer.step(learningRate);
  }

  /** Copies the minibatch's rows next to one another, the observations into the networks' own buffers. */
  #gather(batch: OnPolicyBatch, first: number, size: number): void {
    const { actor } = this.#networks;
    const { observations, actions } = batch;
    const observationSize = actor.inputSize;
    const actionSize = actions.length / batch.rows;
    const inputs = actor.inputBuffer;
    for (let i = 0; i < size; i++) {
      const row = this.#order[first + i];
      for (let j = 0; j < observationSize; j++)
        inputs[i * observationSize + j] = observations[row * observationSize + j];
      for (let j = 0; j < actionSize; j++) this.#actions[i * actionSize + j] = actions[row * actionSize + j];
      this.#oldLogProbabilities[i] = batch.logProbabilities[row];
      this.#oldValues[i] = batch.values[row];
      this.#advantages[i] = batch.advantages[row];
      this.#returns[i] = batch.returns[row];
    }
    if (this.#config.normalizeAdvantages && size > 1) normalizeAdvantages(this.#advantages, size);
  }

  #backpropagatePolicyLoss(size: number): void {
    const { actor, head } = this.#networks;
    const { clip, entropyCoefficient } = this.#config;
    const outputs = actor.forward(actor.inputBuffer, size);
    head.logProbability(outputs, this.#actions, size, this.#logProbabilities);
    clippedSurrogate(
      this.#logProbabilities,
      this.#oldLogProbabilities,
      this.#advantages,
      size,
      clip,
      this.#logProbabilityGradients,
      this.#surrogate,
    );
    head.entropy(outputs, size, this.#entropies);
    let entropy = 0;
    for (let i = 0; i < size; i++) entropy += this.#entropies[i];
    this.#sums.entropy += entropy / size;
    const byEntropy = entropyCoefficient === 0 ? null : this.#entropies.fill(-entropyCoefficient / size);
    head.backward(outputs, this.#actions, this.#logProbabilityGradients, byEntropy, size, this.#outputGradients);
    actor.backward(this.#outputGradients, size);
    this.#sums.loss += this.#surrogate.loss;
    this.#sums.kl += this.#surrogate.kl;
    this.#sums.clipFraction += this.#surrogate.clipFraction;
  }

  #backpropagateValueLoss(size: number): void {
    const { actor, critic } = this.#networks;
    const { clip, clipValueLoss, valueCoefficient } = this.#config;
    // Both networks lie in one memory, so the critic reads the actor's inputs where they are.
    const values = critic.forward(actor.inputBuffer, size);
    this.#sums.valueLoss += clippedValueLoss(
      values,
      this.#oldValues,
      this.#returns,
      size,
      clipValueLoss ? clip : Infinity,
      valueCoefficient,
      this.#valueGradients,
    );
    critic.backward(this.#valueGradients, size);
  }

  #clearStatistics(): void {
    const sums = this.#sums;
    sums.loss = sums.kl = sums.clipFraction = sums.valueLoss = sums.entropy = sums.gradientNorm = 0;
  }

  #averageStatistics(steps: number): void {
    const sums = this.#sums;
    sums.loss /= steps;
    sums.kl /= steps;
    sums.clipFraction /= steps;
    sums.valueLoss /= steps;
    sums.entropy /= steps;
    sums.gradientNorm /= steps;
  }
}

/** Transitions in one minibatch; the last of a pass may have fewer. */
export function minibatchSize(rows: number, minibatches: number): number {
  return Math.ceil(rows / minibatches);
}
