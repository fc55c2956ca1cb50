import type { VectorEnv } from '@understudy/gym';
import type { Network, Tensor } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import type { EpisodeStatistics } from '../episode-statistics.ts';
import { pauseEvery } from '../event-loop.ts';
import { type Rollout, RolloutCollector, type RolloutOptions } from '../rollout.ts';
import type { ShardedState } from '../shards/sharded-rollouts.ts';
import type { ActionHead } from './action-head.ts';

/** Where a learner's rollouts come from: {@link DirectRollouts} or `ShardedRollouts`. */
export interface RolloutSource {
  readonly episodes: EpisodeStatistics;
  /** The next rollout, which the call after it overwrites. @param iteration - Counts from 0. */
  collect(iteration: number): Rollout | Promise<Rollout>;
  tensors(): [name: string, tensor: Tensor][];
  /** The part of a checkpoint that is no tensor. */
  save(): ShardedState;
  /** Puts back what {@link tensors} and {@link save} gave. @throws InputError when it doesn't fit. */
  restore(tensors: ReadonlyMap<string, Tensor>, state: ShardedState): void;
}

/** Arguments of {@link DirectRollouts}. */
export interface DirectRolloutsOptions extends RolloutOptions {
  actor: Network;
  head: ActionHead;
  /** Draws the actions. */
  generator: Generator;
  /** Of the environments, the i-th with `seed + i`. */
  seed: number;
}

/** Rollouts of a learner's own networks in environments of its own process. */
export class DirectRollouts implements RolloutSource {
  readonly #collector: RolloutCollector;
  readonly #options: DirectRolloutsOptions;
  readonly #pause = pauseEvery();

  /** Resets the environments. */
  constructor(env: VectorEnv, options: DirectRolloutsOptions) {
    this.#collector = new RolloutCollector(env, options);
    this.#options = options;
    this.#collector.reset(options.seed);
  }

  get episodes(): EpisodeStatistics {
    return this.#collector.episodes;
  }

  collect(): Promise<Rollout> {
    const { actor, head, generator } = this.#options;
    return this.#collector.collectAsync((observations, count, actions, logProbabilities) => {
      actor.inputBuffer.set(observations);
      const outputs = actor.forward(actor.inputBuffer, count);
      head.sample(outputs, count, generator, actions, logProbabilities);
    }, this.#pause);
  }

  tensors(): [name: string, tensor: Tensor][] {
    return this.#collector.tensors();
  }

  save(): ShardedState {
    return { actions: this.#options.generator.getState(), environments: this.#collector.environmentStates() };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, { actions, environments }: ShardedState): void {
    this.#collector.restore(tensors, environments);
    if (Array.isArray(actions)) throw new Error('A checkpoint of several shards has to be gone on with by shards.');
    this.#options.generator.setState(actions);
  }
}
