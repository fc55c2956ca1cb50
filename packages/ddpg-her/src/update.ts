import { criticLoss, joinRows, type OffPolicyUpdate, type TransitionBatch } from '@understudy/training';
import type { DdpgHerConfig } from './config.ts';
import { criticTargets, penaliseActions, sparseReturnRange, type TargetRange } from './loss.ts';
import { createOptimizers, type DdpgNetworks, type DdpgOptimizers, followNetworks } from './networks.ts';

/** Means over updates; nulls where there was none. */
export type DdpgStatistics = Readonly<Record<'criticLoss' | 'value' | 'actionSquare', number | null>>;

/** Of no update. */
export const noStatistics: DdpgStatistics = { criticLoss: null, value: null, actionSquare: null };

/** One update of DDPG (Lillicrap et al. 2016, algorithm 1, arXiv 1509.02971) on normalised observations. */
export type DdpgUpdate = OffPolicyUpdate<DdpgStatistics, DdpgOptimizers, []>;

/** Makes an engine's update. */
export type CreateDdpgUpdate = (networks: DdpgNetworks, config: DdpgHerConfig) => DdpgUpdate;

/** Figures of the updates since they were last taken, summed. */
export interface StatisticsSums {
  updates: number;
  /** Half the mean squared error. */
  criticLoss: number;
  /** Mean of the critic's values of the policy's actions. */
  value: number;
  /** Mean square of the policy's actions. */
  actionSquare: number;
}

const throughInputs = { inputGradients: true, skipParameters: true } as const;
const unbounded: TargetRange = { low: -Infinity, high: Infinity };

/** Between what a configuration keeps the critic's targets; undefined where it doesn't. */
export function targetRangeOf({ clipTargets, gamma }: DdpgHerConfig): TargetRange | undefined {
  return clipTargets ? sparseReturnRange(gamma) : undefined;
}

/** A {@link DdpgUpdate} on the fused kernels, with the gradients in closed form. */
export class KernelUpdate implements DdpgUpdate {
  readonly optimizers: DdpgOptimizers;
  readonly statistics: StatisticsSums = { updates: 0, criticLoss: 0, value: 0, actionSquare: 0 };
  readonly #networks: DdpgNetworks;
  readonly #config: DdpgHerConfig;
  readonly #targetRange: TargetRange;
  readonly #targets: Float32Array;

  constructor(networks: DdpgNetworks, config: DdpgHerConfig) {
    this.#networks = networks;
    this.#config = config;
    this.#targetRange = targetRangeOf(config) ?? unbounded;
    this.#targets = new Float32Array(config.batchSize);
    this.optimizers = createOptimizers(networks, config);
  }

  run(batch: TransitionBatch): void {
    this.criticGradients(batch);
    this.optimizers.critic.step();
    this.actorGradients(batch);
    this.optimizers.actor.step();
    followNetworks(this.#networks, this.#config.tau);
    this.statistics.updates++;
  }

  /** Regression of the critic onto its target; leaves the gradients of its parameters. */
  criticGradients(batch: TransitionBatch): void {
    const { critic, targetActor, targetCritic, criticInputs } = this.#networks;
    const { size } = batch;
    const nextActions = targetActor.network.forward(batch.nextObservations, size);
    joinRows(criticInputs, batch.nextObservations, nextActions, size);
    const nextValues = targetCritic.network.forward(criticInputs, size);
    criticTargets(batch.rewards, batch.discounts, nextValues, this.#targetRange, this.#targets);
    joinRows(criticInputs, batch.observations, batch.actions, size);
    const gradients = critic.network.outputGradientBuffer;
    this.statistics.criticLoss += criticLoss(critic.network.forward(criticInputs, size), this.#targets, gradients);
    critic.parameters.zeroGradients();
    critic.network.backward(gradients, size);
  }

  /** The deterministic policy gradient (Silver et al. 2014) and the penalty; leaves the actor's gradients. */
  actorGradients(batch: TransitionBatch): void {
    const { actor, critic, criticInputs } = this.#networks;
    const { statistics } = this;
    const { size } = batch;
    const actions = actor.network.forward(batch.observations, size);
    joinRows(criticInputs, batch.observations, actions, size);
    const values = critic.network.forward(criticInputs, size);
    for (let i = 0; i < size; i++) statistics.value += values[i] / size;
    critic.network.outputGradientBuffer.fill(-1 / size);
    const byInputs = critic.network.backward(critic.network.outputGradientBuffer, size, throughInputs)!;
    const byActions = actor.network.outputGradientBuffer;
    const { inputSize } = critic.network;
    const actionSize = actor.network.outputSize;
    for (let row = 0; row < size; row++) {
      const from = row * inputSize + inputSize - actionSize;
      for (let k = 0; k < actionSize; k++) byActions[row * actionSize + k] = byInputs[from + k];
    }
    statistics.actionSquare += penaliseActions(actions, this.#config.actionPenalty, byActions);
    actor.parameters.zeroGradients();
    actor.network.backward(byActions, size);
  }

  takeStatistics(): DdpgStatistics {
    const { statistics } = this;
    const { updates, criticLoss, value, actionSquare } = statistics;
    statistics.updates = statistics.criticLoss = statistics.value = statistics.actionSquare = 0;
    if (updates === 0) return noStatistics;
    return { criticLoss: criticLoss / updates, value: value / updates, actionSquare: actionSquare / updates };
  }

  reload(): void {}

  dispose(): void {}
}
