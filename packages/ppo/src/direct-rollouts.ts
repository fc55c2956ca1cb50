import type { VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import {
  type EpisodeStatistics,
  type Rollout,
  RolloutCollector,
  type RolloutOptions,
  type ShardedState,
} from '@understudy/training';
import type { PpoConfig } from './config.ts';
import type { PpoNetworks } from './networks.ts';

/** The part of a source's checkpoint that is no tensor. */
export type RolloutSourceState = ShardedState;

/** Where a learner's rollouts come from. */
export interface RolloutSource {
  readonly episodes: EpisodeStatistics;
  /** The next rollout, which the call after it overwrites. @param iteration - Counts from 0. */
  collect(iteration: number): Rollout | Promise<Rollout>;
  tensors(): [name: string, tensor: Tensor][];
  save(): RolloutSourceState;
  /** Puts back what {@link tensors} and {@link save} gave. @throws InputError when it doesn't fit. */
  restore(tensors: ReadonlyMap<string, Tensor>, state: RolloutSourceState): void;
}

/** Arguments of {@link DirectRollouts}. */
export interface DirectRolloutsOptions extends Omit<RolloutOptions, 'steps'> {
  config: PpoConfig;
  networks: PpoNetworks;
  /** Draws the actions. */
  generator: Generator;
}

/** The learner's own networks act in environments of its own process. */
export class DirectRollouts implements RolloutSource {
  readonly #collector: RolloutCollector;
  readonly #networks: PpoNetworks;
  readonly #generator: Generator;

  /** Resets the environments. */
  constructor(env: VectorEnv, { config, networks, generator, ...options }: DirectRolloutsOptions) {
    this.#collector = new RolloutCollector(env, { ...options, steps: config.steps });
    this.#networks = networks;
    this.#generator = generator;
    this.#collector.reset(config.seed);
  }

  get episodes(): EpisodeStatistics {
    return this.#collector.episodes;
  }

  collect(): Rollout {
    const { actor, head } = this.#networks;
    return this.#collector.collect((observations, count, actions, logProbabilities) => {
      actor.inputBuffer.set(observations);
      const outputs = actor.forward(actor.inputBuffer, count);
      head.sample(outputs, count, this.#generator, actions, logProbabilities);
    });
  }

  tensors(): [name: string, tensor: Tensor][] {
    return this.#collector.tensors();
  }

  save(): RolloutSourceState {
    return { actions: this.#generator.getState(), environments: this.#collector.environmentStates() };
  }

  restore(tensors: ReadonlyMap<string, Tensor>, { actions, environments }: RolloutSourceState): void {
    this.#collector.restore(tensors, environments);
    if (Array.isArray(actions)) throw new Error('A checkpoint of several shards has to be gone on with by shards.');
    this.#generator.setState(actions);
  }
}
