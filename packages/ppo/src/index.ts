export type { PpoConfig, PpoOptions } from './config.ts';
export { ppoSettings, resolvePpoConfig } from './config.ts';
export { PpoLearner, type PpoSharding } from './learner.ts';
export type { SurrogateStatistics } from './loss.ts';
export { clippedSurrogate, clippedValueLoss, normalizeAdvantages } from './loss.ts';
export type { PpoShardOptions, RemoteForward } from './shard.ts';
export { createPpoActorSpec, createPpoShardCollector, createPpoShardPlan } from './shard.ts';
export { type PpoHooks, train } from './train.ts';
export type { CreatePpoUpdate, PpoUpdate, UpdateStatistics } from './update.ts';
