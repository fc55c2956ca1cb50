import { InputError } from '@understudy/errors';
import type { EnvState } from '@understudy/gym';
import { RunningMeanVariance, type RunningMeanVarianceState, type Tensor, tensorOf } from '@understudy/nn';
import type { GeneratorState } from '@understudy/random';
import { takeFloat32 } from '../checkpoint.ts';
import { EpisodeStatistics } from '../episode-statistics.ts';
import type { ObservationNormalizer } from '../observation-normalizer.ts';
import type { RewardNormalizer } from '../reward-normalizer.ts';
import type { Rollout } from '../rollout.ts';
import { mergeEpisodes, RolloutMerger } from './merge-rollouts.ts';
import type { Shard, ShardMoments, ShardPlan, ShardPolicy, ShardResult, ShardService, ShardState } from './shard.ts';

/** What the learner has that shards act by, and that their statistics come back to. */
export interface ShardedRolloutsOptions {
  /** Network and distribution as they are now; copied when they are given out. */
  policyTensors(): Iterable<readonly [name: string, tensor: Tensor]>;
  observationNormalizer?: ObservationNormalizer;
  /** Of all environments. */
  rewardNormalizer?: RewardNormalizer;
}

/** The part of a checkpoint that is no tensor. */
export interface ShardedState {
  /** Of the one shard, or of each. */
  actions: GeneratorState | GeneratorState[];
  /** Of all environments; none before the first rollout. */
  environments: EnvState[];
}

/**
 * A learner's side of collecting by shards: gives out policies, puts the shards' rollouts together and merges what they
 * added to the running statistics, in the order of the shards, so that nothing depends on who collected what and when.
 *
 * Its checkpoint has the form of one process that steps all environments; with one shard, its content too.
 */
export class ShardedRollouts {
  readonly episodes: EpisodeStatistics;
  readonly #plan: ShardPlan;
  readonly #service: ShardService;
  readonly #options: ShardedRolloutsOptions;
  readonly #merger: RolloutMerger;
  readonly #count: number;
  /** Policies that rollouts to come are collected by, beside the current one. */
  readonly #published = new Map<number, ShardPolicy>();
  #states: (ShardState | undefined)[];
  #started = false;

  constructor(plan: ShardPlan, service: ShardService, options: ShardedRolloutsOptions) {
    this.#plan = plan;
    this.#service = service;
    this.#options = options;
    this.#count = plan.shards.reduce((sum, { count }) => sum + count, 0);
    this.#merger = new RolloutMerger(plan.shards, plan);
    this.#states = plan.shards.map(() => undefined);
    this.episodes = new EpisodeStatistics(this.#count);
  }

  /** The rollout of all shards; the next call overwrites it. @param iteration - Counts from 0, without gaps. */
  async collect(iteration: number): Promise<Rollout> {
    if (!this.#started) {
      this.#service.start(iteration, this.#states);
      for (const policy of this.#published.values()) this.#service.publish(policy);
      this.#started = true;
    }
    this.#publish(iteration);
    const results = await this.#service.collect(iteration);
    const rollout = this.#merger.merge(results);
    mergeEpisodes(this.#plan.shards, results, this.episodes);
    this.#mergeStatistics(results);
    this.#takeStates(results);
    return rollout;
  }

  /** As `RolloutCollector` has them, and the policies that are still to be used. */
  tensors(): [name: string, tensor: Tensor][] {
    const observations = new Float32Array(this.#count * this.#plan.observationSize);
    for (const { index, offset } of this.#plan.shards) {
      const state = this.#states[index];
      if (state) observations.set(state.observations, offset * this.#plan.observationSize);
    }
    const older = [...this.#published.values()].flatMap(({ version, tensors }) =>
      [...tensors].map(([name, tensor]): [string, Tensor] => [`policy.${version}.${name}`, tensor]),
    );
    return [['rollout.observations', tensorOf(observations)], ...this.episodes.tensors(), ...older];
  }

  save(): ShardedState {
    const states = this.#states.filter((state) => state !== undefined);
    const actions = states.map((state) => state.actions);
    return {
      actions: this.#plan.shards.length === 1 && actions.length === 1 ? actions[0] : actions,
      environments: states.flatMap((state) => state.environments),
    };
  }

  /**
   * Puts back what {@link tensors} and {@link save} gave after a rollout; the normalisers are the learner's to restore,
   * before.
   *
   * @throws InputError when it doesn't fit.
   */
  restore(tensors: ReadonlyMap<string, Tensor>, { actions, environments }: ShardedState): void {
    const { observationSize, shards } = this.#plan;
    const generators = Array.isArray(actions) ? actions : [actions];
    if (generators.length !== shards.length || environments.length !== this.#count) {
      throw new InputError(
        `The checkpoint is of ${generators.length} shards with ${environments.length} environments where ` +
          `${shards.length} with ${this.#count} are expected; use a checkpoint of the same configuration.`,
      );
    }
    const observations = takeFloat32(tensors, 'rollout.observations', this.#count * observationSize);
    this.episodes.restore(tensors);
    this.#states = shards.map((shard) => ({
      observations: observations.slice(shard.offset * observationSize, (shard.offset + shard.count) * observationSize),
      discountedReturns: this.#options.rewardNormalizer
        ? rowsOf(shard, this.#options.rewardNormalizer.returns)
        : new Float64Array(shard.count),
      episodeReturns: rowsOf(shard, this.episodes.running.returns),
      episodeLengths: rowsOf(shard, this.episodes.running.lengths),
      actions: generators[shard.index],
      environments: environments.slice(shard.offset, shard.offset + shard.count),
    }));
    this.#restorePublished(tensors);
  }

  close(): Promise<void> | void {
    return this.#service.close();
  }

  #publish(version: number): void {
    const policy: ShardPolicy = { version, tensors: new Map(this.#policyTensors()) };
    this.#service.publish(policy);
    const { staleness } = this.#plan;
    if (staleness > 0) this.#published.set(version, policy);
    this.#published.delete(version - staleness);
  }

  *#policyTensors(): Generator<[name: string, tensor: Tensor]> {
    const { observationNormalizer, rewardNormalizer } = this.#options;
    for (const [name, tensor] of this.#options.policyTensors()) yield [name, copyOf(tensor)];
    for (const [name, tensor] of observationNormalizer?.tensors() ?? []) yield [name, copyOf(tensor)];
    if (!rewardNormalizer) return;
    const { mean, variance, count } = rewardNormalizer.statistics.save();
    yield ['reward.statistics', tensorOf(Float64Array.of(mean[0], variance[0], count))];
  }

  #restorePublished(tensors: ReadonlyMap<string, Tensor>): void {
    const versions = new Map<number, Map<string, Tensor>>();
    for (const [name, tensor] of tensors) {
      const [, version, own] = /^policy\.(\d+)\.(.+)$/.exec(name) ?? [];
      if (own === undefined) continue;
      const policy = versions.get(Number(version)) ?? new Map<string, Tensor>();
      versions.set(Number(version), policy.set(own, tensor));
    }
    for (const version of [...versions.keys()].sort((a, b) => a - b)) {
      this.#published.set(version, { version, tensors: versions.get(version) as Map<string, Tensor> });
    }
  }

  #mergeStatistics(results: readonly ShardResult[]): void {
    const { observationNormalizer, rewardNormalizer } = this.#options;
    this.#mergeInto(
      observationNormalizer,
      results.map((result) => result.observation),
    );
    this.#mergeInto(
      rewardNormalizer,
      results.map((result) => result.reward),
    );
  }

  /** One shard's statistics are the training's as they are; what several added comes one after another. */
  #mergeInto(
    normalizer: ObservationNormalizer | RewardNormalizer | undefined,
    moments: readonly (ShardMoments | undefined)[],
  ): void {
    if (!normalizer) return;
    const isOnly = moments.length === 1 && this.#plan.staleness === 0;
    for (const each of moments) {
      if (!each) throw new Error('A shard has no statistics of its normaliser.');
      if (isOnly) normalizer.statistics.restore(each.own);
      else normalizer.statistics.combine(statisticsOf(each.added));
    }
  }

  #takeStates(results: readonly ShardResult[]): void {
    const { returns, lengths } = this.episodes.running;
    this.#states = results.map(({ state }) => state);
    for (const { index, offset } of this.#plan.shards) {
      const { state } = results[index];
      returns.set(state.episodeReturns, offset);
      lengths.set(state.episodeLengths, offset);
      this.#options.rewardNormalizer?.returns.set(state.discountedReturns, offset);
    }
  }
}

function copyOf({ dtype, shape, data }: Tensor): Tensor {
  return { dtype, shape, data: data.slice() } as Tensor;
}

function statisticsOf(moments: RunningMeanVarianceState): RunningMeanVariance {
  const statistics = new RunningMeanVariance(moments.mean.length, { initialCount: 0 });
  statistics.restore(moments);
  return statistics;
}

function rowsOf({ offset, count }: Shard, values: Float64Array): Float64Array {
  return values.slice(offset, offset + count);
}
