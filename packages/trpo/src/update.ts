import type { Adam } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import type { TrpoConfig } from './config.ts';
import type { TrpoNetworks } from './networks.ts';
import { type PolicyStatistics, PolicyUpdate } from './policy-update.ts';
import type { TrainingBatch } from './surrogate.ts';
import { ValueUpdate } from './value-update.ts';

/** What one rollout did to policy and critic. */
export interface UpdateStatistics extends PolicyStatistics {
  /** The critic's mean loss in its last pass. */
  valueLoss: number;
}

/** Turns a rollout into better networks: one step of the policy within its trust region, and the critic's fit. */
export interface TrpoUpdate {
  /** The critic's; the same in a checkpoint for every engine. */
  readonly valueOptimizer: Adam;
  /** @param generator - Decides which transitions make up each of the critic's minibatches. */
  run(batch: TrainingBatch, generator: Generator): Promise<UpdateStatistics>;
  /** Takes networks and optimiser as they are here now, after a checkpoint has been put back. */
  reload(): void;
  /** Gives back what the engine holds outside this process's memory. */
  dispose(): void;
}

/** Makes an engine's update. @param rows - Transitions in one rollout. */
export type CreateTrpoUpdate = (networks: TrpoNetworks, config: TrpoConfig, rows: number) => TrpoUpdate;

/** A {@link TrpoUpdate} on the fused kernels. */
export class KernelUpdate implements TrpoUpdate {
  readonly #policyUpdate: PolicyUpdate;
  readonly #valueUpdate: ValueUpdate;

  /** @param rows - Transitions in one rollout. */
  constructor({ policy, critic }: TrpoNetworks, config: TrpoConfig, rows: number) {
    this.#policyUpdate = new PolicyUpdate(policy, config, rows);
    this.#valueUpdate = new ValueUpdate(critic, config, rows);
  }

  get valueOptimizer(): Adam {
    return this.#valueUpdate.optimizer;
  }

  async run(batch: TrainingBatch, generator: Generator): Promise<UpdateStatistics> {
    const statistics = this.#policyUpdate.run(batch);
    return { ...statistics, valueLoss: await this.#valueUpdate.run(batch, generator) };
  }

  reload(): void {}

  dispose(): void {}
}
