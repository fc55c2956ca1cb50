import type { EnvState } from '@understudy/gym';
import type { RunningMeanVarianceState, Tensor } from '@understudy/nn';
import type { GeneratorState } from '@understudy/random';
import type { Rollout } from '../rollout.ts';

/**
 * Some of a training's environments, next to one another, with all that their steps depend on: one worker's piece of
 * work. What a shard gives follows from the policy and the shard's state alone, so it doesn't matter who collects it.
 */
export interface Shard {
  readonly index: number;
  /** The first of its environments among all. */
  readonly offset: number;
  /** How many environments. */
  readonly count: number;
}

/** Everything that a shard's next rollout depends on beside the policy. */
export interface ShardState {
  /** `[count, observationSize]`: the observations that the next actions are for, normalised. */
  observations: Float32Array;
  /** `[count]`: the reward normaliser's discounted returns; all 0 without one. */
  discountedReturns: Float64Array;
  /** `[count]`: returns so far of the episodes under way. */
  episodeReturns: Float64Array;
  /** `[count]`: their lengths so far. */
  episodeLengths: Float64Array;
  /** What the actions are drawn from. */
  actions: GeneratorState;
  environments: EnvState[];
}

/** What a shard acts by: `version` counts the updates that made it. */
export interface ShardPolicy {
  readonly version: number;
  /** Network and distribution under the algorithm's names, `observation.*` and `reward.statistics` of the normalisers. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Running statistics after a rollout, and of what the rollout added to them. */
export interface ShardMoments {
  own: RunningMeanVarianceState;
  added: RunningMeanVarianceState;
}

/** Episodes that ended in a rollout, in the order of their last rows. */
export interface ShardEpisodes {
  /** `[episodes]`: rows of the shard's rollout. */
  rows: Int32Array;
  /** `[episodes]`: undiscounted, of the raw rewards. */
  returns: Float64Array;
  /** `[episodes]` */
  lengths: Float64Array;
}

/** What collecting a shard gives. */
export interface ShardResult {
  rollout: Rollout;
  episodes: ShardEpisodes;
  /** Of the observation normaliser, if there is one. */
  observation?: ShardMoments;
  /** Of the reward normaliser, if there is one. */
  reward?: ShardMoments;
  /** What the shard's next rollout starts from. */
  state: ShardState;
}

/** What a training collects by shards. Everything but who collects it is decided here. */
export interface ShardPlan {
  readonly algorithm: string;
  /** Id of the environment. */
  readonly environment: string;
  readonly environmentOptions: Readonly<Record<string, unknown>>;
  /** The algorithm's whole configuration, plain JSON: what a worker needs to collect. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The kind of kernels whose last bits the training has; see `kernelStatus`. */
  readonly kernels: string;
  readonly shards: readonly Shard[];
  /** Steps of every environment in one rollout. */
  readonly steps: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly normalizesObservations: boolean;
  readonly normalizesRewards: boolean;
  /** Rollout i is collected by policy i - staleness, or 0 before there is one. */
  readonly staleness: number;
  /** Rollouts in the whole training; none is begun beyond it. */
  readonly iterations: number;
}

/** The version of the policy that collects a rollout. */
export function policyVersionOf({ staleness }: Pick<ShardPlan, 'staleness'>, iteration: number): number {
  return Math.max(0, iteration - staleness);
}

/** Collects shards somewhere: in this process, or by workers that come and go. */
export interface ShardService {
  /**
   * Begins with a rollout; called once.
   *
   * @param states - Of every shard before it; undefined where the environments are to be reset.
   */
  start(iteration: number, states: readonly (ShardState | undefined)[]): void;
  /** Gives out a policy, which won't change afterwards. */
  publish(policy: ShardPolicy): void;
  /**
   * The rollouts of every shard, in their order; for one iteration after another. They are the caller's until the next
   * call.
   */
  collect(iteration: number): Promise<readonly ShardResult[]>;
  close(): Promise<void> | void;
}

/**
 * Splits environments into shards as even as can be, the larger ones first.
 *
 * @param shards - At most `envs`.
 */
export function splitShards(envs: number, shards: number): Shard[] {
  const smaller = Math.floor(envs / shards);
  const larger = envs % shards;
  return Array.from({ length: shards }, (_, index) => ({
    index,
    offset: index * smaller + Math.min(index, larger),
    count: smaller + (index < larger ? 1 : 0),
  }));
}
