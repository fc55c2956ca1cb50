import type { Generator } from '@understudy/random';
import { criticLoss, joinRows, type OffPolicyUpdate, type TransitionBatch } from '@understudy/training';
import type { Td3Config } from './config.ts';
import { clippedDoubleTargets, smoothActions } from './loss.ts';
import { createOptimizers, followNetworks, type Td3Networks, type Td3Optimizers } from './networks.ts';

/** Means over updates; nulls where there was none. */
export type Td3Statistics = Readonly<Record<'criticLoss' | 'value', number | null>>;

/** Of no update. */
export const noStatistics: Td3Statistics = { criticLoss: null, value: null };

/** One update of TD3 (Fujimoto et al. 2018, algorithm 1): the critics, and every `policyDelay`-th time the rest. */
export type Td3Update = OffPolicyUpdate<Td3Statistics, Td3Optimizers>;

/** Makes an engine's update. */
export type CreateTd3Update = (networks: Td3Networks, config: Td3Config) => Td3Update;

/** Figures of the updates since they were last taken, summed. */
export interface StatisticsSums {
  updates: number;
  actorUpdates: number;
  /** Half the mean squared error, both critics together. */
  criticLoss: number;
  /** Mean of the first critic's values of the policy's actions. */
  value: number;
}

const throughInputs = { inputGradients: true, skipParameters: true } as const;

/** A {@link Td3Update} on the fused kernels, with the gradients in closed form. */
export class KernelUpdate implements Td3Update {
  readonly optimizers: Td3Optimizers;
  readonly statistics: StatisticsSums = { updates: 0, actorUpdates: 0, criticLoss: 0, value: 0 };
  readonly #networks: Td3Networks;
  readonly #config: Td3Config;
  readonly #nextActions: Float32Array;
  readonly #targets: Float32Array;

  constructor(networks: Td3Networks, config: Td3Config) {
    const { batchSize } = config;
    this.#networks = networks;
    this.#config = config;
    this.#nextActions = new Float32Array(batchSize * networks.actor.network.outputSize);
    this.#targets = new Float32Array(batchSize);
    this.optimizers = createOptimizers(networks, config);
  }

  run(batch: TransitionBatch, generator: Generator): void {
    this.criticGradients(batch, generator);
    this.optimizers.critics.step();
    this.statistics.updates++;
    if (this.optimizers.critics.steps % this.#config.policyDelay !== 0) return;
    this.actorGradients(batch);
    this.optimizers.actor.step();
    followNetworks(this.#networks, this.#config.tau);
    this.statistics.actorUpdates++;
  }

  /** Regression of both critics onto the smaller target value; leaves the gradients of their parameters. */
  criticGradients(batch: TransitionBatch, generator: Generator): void {
    const { critics, targetActor, targetCritics } = this.#networks;
    const { targetNoise, targetNoiseClip } = this.#config;
    const { size } = batch;
    const policyActions = targetActor.network.forward(batch.nextObservations, size);
    smoothActions(policyActions, targetNoise, targetNoiseClip, generator, this.#nextActions);
    joinRows(critics.inputs, batch.nextObservations, this.#nextActions, size);
    clippedDoubleTargets(
      batch.rewards,
      batch.discounts,
      targetCritics.first.forward(critics.inputs, size),
      targetCritics.second.forward(critics.inputs, size),
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

  /** The deterministic policy gradient (Silver et al. 2014) through the first critic; leaves the actor's gradients. */
  actorGradients(batch: TransitionBatch): void {
    const { actor, critics } = this.#networks;
    const { first, inputs } = critics;
    const { size } = batch;
    joinRows(inputs, batch.observations, actor.network.forward(batch.observations, size), size);
    const values = first.forward(inputs, size);
    for (let i = 0; i < size; i++) this.statistics.value += values[i] / size;
    first.outputGradientBuffer.fill(-1 / size);
    const byInputs = first.backward(first.outputGradientBuffer, size, throughInputs)!;
    const byActions = actor.network.outputGradientBuffer;
    const { inputSize } = first;
    const actionSize = actor.network.outputSize;
    for (let row = 0; row < size; row++) {
      const from = row * inputSize + inputSize - actionSize;
      for (let k = 0; k < actionSize; k++) byActions[row * actionSize + k] = byInputs[from + k];
    }
    actor.parameters.zeroGradients();
    actor.network.backward(byActions, size);
  }

  takeStatistics(): Td3Statistics {
    const { statistics } = this;
    const { updates, actorUpdates, criticLoss, value } = statistics;
    statistics.updates = statistics.actorUpdates = statistics.criticLoss = statistics.value = 0;
    return {
      criticLoss: updates === 0 ? null : criticLoss / updates,
      value: actorUpdates === 0 ? null : value / actorUpdates,
    };
  }

  reload(): void {}

  dispose(): void {}
}
