import type { VectorEnv } from '@understudy/gym';
import type { RunningMeanVariance, Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import { takeFloat64 } from '../checkpoint.ts';
import type { Pause } from '../event-loop.ts';
import { ObservationNormalizer } from '../observation-normalizer.ts';
import { RewardNormalizer } from '../reward-normalizer.ts';
import { RolloutCollector } from '../rollout.ts';
import type { Shard, ShardMoments, ShardPolicy, ShardResult, ShardState } from './shard.ts';

/** Chooses a shard's actions. */
export interface ShardAgent {
  /** Takes over a policy's weights. */
  load(policy: ShardPolicy): void;
  /**
   * Draws actions.
   *
   * @param observations - `[count, observationSize]`, normalised.
   * @param actions - `[count, actionSize]`, to be written.
   * @param logProbabilities - `[count]`, to be written.
   */
  act(
    observations: Float32Array,
    count: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void | Promise<void>;
}

/** Arguments of {@link ShardCollector}. */
export interface ShardCollectorOptions {
  shard: Shard;
  /** Steps of every environment in one rollout. */
  steps: number;
  /** Environment `i` of all is reset with `seed + i`. */
  seed: number;
  agent: ShardAgent;
  /** At its beginning: what the first actions are drawn from. */
  generator: Generator;
  /** Without it observations pass as they are. */
  observationNormalizer?: { clip: number };
  /** Without it rewards pass as they are. */
  rewardNormalizer?: { gamma: number; clip: number };
  actionBounds?: { low: ArrayLike<number>; high: ArrayLike<number> };
}

/** Where a rollout starts: from a reset, from a state, or where this collector's last one ended. */
export type ShardStart = 'reset' | 'held' | ShardState;

/** Collects one shard's rollouts: a pure function of policy and state, in buffers of its own. */
export class ShardCollector {
  readonly shard: Shard;
  readonly #env: VectorEnv;
  readonly #options: ShardCollectorOptions;
  readonly #collector: RolloutCollector;
  readonly #observationNormalizer: ObservationNormalizer | undefined;
  readonly #rewardNormalizer: RewardNormalizer | undefined;
  readonly #firstActions: GeneratorState;
  #rows: number[] = [];
  #returns: number[] = [];
  #lengths: number[] = [];

  /** @param env - The shard's environments, in same-step autoreset mode; {@link close} closes them. */
  constructor(env: VectorEnv, options: ShardCollectorOptions) {
    const { observationNormalizer, rewardNormalizer, shard, steps, actionBounds, generator } = options;
    this.shard = shard;
    this.#env = env;
    this.#options = options;
    this.#firstActions = generator.getState();
    this.#observationNormalizer =
      observationNormalizer &&
      new ObservationNormalizer(env.observationSize, { ...observationNormalizer, countsAdded: true });
    this.#rewardNormalizer =
      rewardNormalizer && new RewardNormalizer(shard.count, { ...rewardNormalizer, countsAdded: true });
    this.#collector = new RolloutCollector(env, {
      steps,
      observationNormalizer: this.#observationNormalizer,
      rewardNormalizer: this.#rewardNormalizer,
      actionBounds,
      onEpisode: (row, episodeReturn, length) => {
        this.#rows.push(row);
        this.#returns.push(episodeReturn);
        this.#lengths.push(length);
      },
    });
  }

  /**
   * Collects one rollout.
   *
   * @param pause - Called before every step; what it returns is waited for, so that the thread can do other work.
   * @returns Arrays that the next call overwrites; the state is a copy.
   * @throws InputError when an observation or a reward is no finite number, or the state doesn't fit.
   */
  async collect(policy: ShardPolicy, start: ShardStart, pause?: Pause): Promise<ShardResult> {
    const { agent, generator } = this.#options;
    agent.load(policy);
    this.#observationNormalizer?.restore(policy.tensors);
    this.#rewardNormalizer?.statistics.restore(rewardMoments(policy.tensors));
    this.#observationNormalizer?.beginAdding();
    this.#rewardNormalizer?.beginAdding();
    this.#rows = [];
    this.#returns = [];
    this.#lengths = [];
    if (start === 'reset') this.#reset();
    else if (start !== 'held') this.#restore(start);
    const rollout = await this.#collector.collectAsync(
      (observations, count, actions, logProbabilities) =>
        agent.act(observations, count, generator, actions, logProbabilities),
      pause,
    );
    return {
      rollout,
      episodes: {
        rows: Int32Array.from(this.#rows),
        returns: Float64Array.from(this.#returns),
        lengths: Float64Array.from(this.#lengths),
      },
      observation: momentsOf(this.#observationNormalizer),
      reward: momentsOf(this.#rewardNormalizer),
      state: this.#save(),
    };
  }

  /** Numbers in one observation. */
  get observationSize(): number {
    return this.#env.observationSize;
  }

  close(): void {
    this.#env.close();
  }

  #reset(): void {
    const { generator, seed } = this.#options;
    generator.setState(this.#firstActions);
    this.#rewardNormalizer?.returns.fill(0);
    this.#collector.episodes.running.returns.fill(0);
    this.#collector.episodes.running.lengths.fill(0);
    this.#collector.reset(seed + this.shard.offset);
  }

  #restore(state: ShardState): void {
    const { returns, lengths } = this.#collector.episodes.running;
    this.#env.restoreState(state.environments);
    this.#options.generator.setState(state.actions);
    this.#collector.lastObservations.set(state.observations);
    this.#rewardNormalizer?.returns.set(state.discountedReturns);
    returns.set(state.episodeReturns);
    lengths.set(state.episodeLengths);
  }

  #save(): ShardState {
    const { returns, lengths } = this.#collector.episodes.running;
    return {
      observations: this.#collector.lastObservations.slice(),
      discountedReturns: this.#rewardNormalizer?.returns.slice() ?? new Float64Array(this.shard.count),
      episodeReturns: returns.slice(),
      episodeLengths: lengths.slice(),
      actions: this.#options.generator.getState(),
      environments: this.#env.saveState(),
    };
  }
}

function momentsOf(
  normalizer: { statistics: RunningMeanVariance; added: RunningMeanVariance | undefined } | undefined,
): ShardMoments | undefined {
  return normalizer?.added && { own: normalizer.statistics.save(), added: normalizer.added.save() };
}

function rewardMoments(tensors: ReadonlyMap<string, Tensor>) {
  const [mean, variance, count] = takeFloat64(tensors, 'reward.statistics', 3);
  return { mean: Float64Array.of(mean), variance: Float64Array.of(variance), count };
}
