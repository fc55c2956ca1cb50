import { polyakUpdate } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import { criticLoss, joinRows, type OffPolicyUpdate, type TransitionBatch } from '@understudy/training';
import type { SacConfig } from './config.ts';
import { smallerValueLoss, softTargets, temperatureGradient } from './loss.ts';
import { createOptimizers, type SacNetworks, type SacOptimizers } from './networks.ts';
import { SquashedActions } from './squashed-actions.ts';

/** Means over updates; nulls where there was none. */
export type SacStatistics = Readonly<Record<'criticLoss' | 'actorLoss' | 'value' | 'entropy', number | null>>;

/** Of no update. */
export const noStatistics: SacStatistics = { criticLoss: null, actorLoss: null, value: null, entropy: null };

/** One update of soft actor-critic (Haarnoja et al. 2018, algorithm 1): critics, actor, temperature, targets. */
export type SacUpdate = OffPolicyUpdate<SacStatistics, SacOptimizers>;

/** Makes an engine's update. @param actionSize - Numbers in one action. */
export type CreateSacUpdate = (networks: SacNetworks, config: SacConfig, actionSize: number) => SacUpdate;

/** Figures of the updates since they were last taken, summed. */
export interface StatisticsSums {
  updates: number;
  /** Half the mean squared error, both critics together. */
  criticLoss: number;
  actorLoss: number;
  /** Mean of the smaller critic's values of the policy's actions. */
  value: number;
  entropy: number;
}

/** A {@link SacUpdate} on the fused kernels, with the gradients in closed form. */
export class KernelUpdate implements SacUpdate {
  readonly optimizers: SacOptimizers;
  readonly statistics: StatisticsSums = { updates: 0, criticLoss: 0, actorLoss: 0, value: 0, entropy: 0 };
  readonly #networks: SacNetworks;
  readonly #config: SacConfig;
  readonly #targetEntropy: number;
  readonly #samples: SquashedActions;
  readonly #targets: Float32Array;
  readonly #temperature: Float32Array;

  constructor(networks: SacNetworks, config: SacConfig, actionSize: number) {
    const { batchSize, targetEntropy } = config;
    this.#networks = networks;
    this.#config = config;
    this.#targetEntropy = targetEntropy ?? -actionSize;
    this.#samples = new SquashedActions(batchSize, actionSize);
    this.#targets = new Float32Array(batchSize);
    this.#temperature = networks.temperature.parameters;
    this.optimizers = createOptimizers(networks, config);
  }

  /** The entropy's weight now. */
  get temperature(): number {
    return Math.exp(this.#temperature[0]);
  }

  run(batch: TransitionBatch, generator: Generator): void {
    this.criticGradients(batch, generator);
    this.optimizers.critics.step();
    const meanLogProbability = this.actorGradients(batch, generator);
    this.optimizers.actor.step();
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

  takeStatistics(): SacStatistics {
    const { statistics } = this;
    const { updates, criticLoss, actorLoss, value, entropy } = statistics;
    statistics.updates = statistics.criticLoss = statistics.actorLoss = statistics.value = statistics.entropy = 0;
    if (updates === 0) return noStatistics;
    return {
      criticLoss: criticLoss / updates,
      actorLoss: actorLoss / updates,
      value: value / updates,
      entropy: entropy / updates,
    };
  }

  reload(): void {}

  dispose(): void {}

  #updateTemperature(meanLogProbability: number): void {
    const { temperature } = this.#networks;
    temperature.gradients[0] = temperatureGradient(this.temperature, meanLogProbability, this.#targetEntropy);
    this.optimizers.temperature.step();
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
