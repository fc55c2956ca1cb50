import { Adam, polyakUpdate } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { criticLoss, joinRows, type TransitionBatch } from '@understudy/training';
import type { SacConfig } from './config.ts';
import { smallerValueLoss, softTargets, temperatureGradient } from './loss.ts';
import type { SacNetworks } from './networks.ts';
import { SquashedActions } from './squashed-actions.ts';

/** Figures of the updates since they were last cleared, summed. */
export interface UpdateStatistics {
  updates: number;
  /** Half the mean squared error, both critics together. */
  criticLoss: number;
  actorLoss: number;
  /** Mean of the smaller critic's values of the policy's actions. */
  value: number;
  entropy: number;
}

/** One update of soft actor-critic (Haarnoja et al. 2018, algorithm 1): critics, actor, temperature, targets. */
export class SacUpdate {
  readonly actorOptimizer: Adam;
  readonly criticOptimizer: Adam;
  readonly temperatureOptimizer: Adam;
  readonly statistics: UpdateStatistics = { updates: 0, criticLoss: 0, actorLoss: 0, value: 0, entropy: 0 };
  readonly #networks: SacNetworks;
  readonly #config: SacConfig;
  readonly #targetEntropy: number;
  readonly #samples: SquashedActions;
  readonly #targets: Float32Array;
  readonly #temperature: Float32Array;

  constructor(networks: SacNetworks, config: SacConfig, actionSize: number) {
    const { batchSize, learningRate, temperature, targetEntropy } = config;
    const { critics } = networks;
    this.#networks = networks;
    this.#config = config;
    this.#targetEntropy = targetEntropy ?? -actionSize;
    this.#samples = new SquashedActions(batchSize, actionSize);
    this.#targets = new Float32Array(batchSize);
    this.#temperature = networks.temperature.tensor('log_temperature');
    this.#temperature[0] = temperature === 'auto' ? 0 : Math.log(temperature);
    this.actorOptimizer = new Adam(networks.actorParameters, { learningRate });
    this.criticOptimizer = new Adam(critics.parameters, { learningRate });
    this.temperatureOptimizer = new Adam(networks.temperature, { learningRate });
  }

  /** The entropy's weight now. */
  get temperature(): number {
    return Math.exp(this.#temperature[0]);
  }

  run(batch: TransitionBatch, generator: Generator): void {
    this.criticGradients(batch, generator);
    this.criticOptimizer.step();
    const meanLogProbability = this.actorGradients(batch, generator);
    this.actorOptimizer.step();
    if (this.#config.temperature === 'auto') this.#updateTemperature(meanLogProbability);
    polyakUpdate(this.#networks.targets.parameters, this.#networks.critics.parameters, this.#config.tau);
    this.statistics.updates++;
  }

  /** Regression of both critics onto the soft targets; leaves the gradients of their parameters. */
  criticGradients(batch: TransitionBatch, generator: Generator): void {
    const { actor, critics, targets } = this.#networks;
    const { size } = batch;
    const samples = this.#samples;
    samples.draw(actor.forward(batch.nextObservations, size), size, generator);
    joinRows(critics.inputs, batch.nextObservations, samples.actions, size);
    softTargets(
      batch.rewards,
      batch.discounts,
      targets.first.forward(critics.inputs, size),
      targets.second.forward(critics.inputs, size),
      samples.logProbabilities,
      this.temperature,
      this.#targets,
    );
    joinRows(critics.inputs, batch.observations, batch.actions, size);
    critics.parameters.zeroGradients();
    for (const critic of [critics.first, critics.second]) {
      const gradients = critic.outputGradientBuffer;
      this.statistics.criticLoss += criticLoss(critic.forward(critics.inputs, size), this.#targets, gradients);
      critic.backward(gradients, size);
    }
  }

  /**
   * The policy moves to actions of greater value and entropy (equation 9); leaves the gradients of its parameters.
   *
   * @returns The mean log-probability of the sampled actions.
   */
  actorGradients(batch: TransitionBatch, generator: Generator): number {
    const { actor, actorParameters, critics } = this.#networks;
    const { first, second } = critics;
    const { size } = batch;
    const samples = this.#samples;
    samples.draw(actor.forward(batch.observations, size), size, generator);
    joinRows(critics.inputs, batch.observations, samples.actions, size);
    const value = smallerValueLoss(
      first.forward(critics.inputs, size),
      second.forward(critics.inputs, size),
      first.outputGradientBuffer,
      second.outputGradientBuffer,
      size,
    );
    this.#takeActionGradients(
      first.backward(first.outputGradientBuffer, size, throughInputs)!,
      second.backward(second.outputGradientBuffer, size, throughInputs)!,
      size,
    );
    const { temperature } = this;
    actorParameters.zeroGradients();
    samples.backward(actor, size, temperature / size);
    const meanLogProbability = samples.meanLogProbability(size);
    this.statistics.value += value;
    this.statistics.entropy -= meanLogProbability;
    this.statistics.actorLoss += temperature * meanLogProbability - value;
    return meanLogProbability;
  }

  clearStatistics(): void {
    const { statistics } = this;
    statistics.updates = statistics.criticLoss = statistics.actorLoss = statistics.value = statistics.entropy = 0;
  }

  #updateTemperature(meanLogProbability: number): void {
    const { temperature } = this.#networks;
    temperature.gradients[0] = temperatureGradient(this.temperature, meanLogProbability, this.#targetEntropy);
    this.temperatureOptimizer.step();
  }

  /** The action's share of both critics' input gradients, summed. */
  #takeActionGradients(byFirst: Float32Array, bySecond: Float32Array, batch: number): void {
    const { actionGradients } = this.#samples;
    const width = this.#networks.critics.first.inputSize;
    const actionSize = actionGradients.length / this.#targets.length;
    for (let row = 0; row < batch; row++) {
      const from = row * width + width - actionSize;
      for (let k = 0; k < actionSize; k++) {
        actionGradients[row * actionSize + k] = byFirst[from + k] + bySecond[from + k];
      }
    }
  }
}

const throughInputs = { inputGradients: true, skipParameters: true } as const;
