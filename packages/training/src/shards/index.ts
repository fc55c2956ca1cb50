export { type CreateShardCollector, LocalShards } from './local-shards.ts';
export { mergeEpisodes, RolloutMerger } from './merge-rollouts.ts';
export type {
  Shard,
  ShardEpisodes,
  ShardMoments,
  ShardPlan,
  ShardPolicy,
  ShardResult,
  ShardService,
  ShardState,
} from './shard.ts';
export { policyVersionOf, splitShards } from './shard.ts';
export {
  type ShardAgent,
  ShardCollector,
  type ShardCollectorOptions,
  type ShardStart,
} from './shard-collector.ts';
export { ShardedRollouts, type ShardedRolloutsOptions, type ShardedState } from './sharded-rollouts.ts';
