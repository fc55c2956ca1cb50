export { type CheckEnvOptions, checkEnv } from './checker/check-env.ts';
export type * from './env.ts';
export {
  type EnvDescription,
  type EnvSpec,
  type MakeOptions,
  make,
  register,
  registeredIds,
  spec,
} from './registry.ts';
export type * from './space.ts';
export { Box, type BoxArrays, type BoxDtype, type BoxOptions } from './spaces/box.ts';
export { Dict } from './spaces/dict.ts';
export { Discrete } from './spaces/discrete.ts';
export { MultiBinary } from './spaces/multi-binary.ts';
export { MultiDiscrete } from './spaces/multi-discrete.ts';
export { Tuple } from './spaces/tuple.ts';
export { type MakeVectorOptions, makeVector } from './vector/make-vector.ts';
export { SyncVectorEnv } from './vector/sync-vector-env.ts';
export { WorkerVectorEnv, type WorkerVectorOptions } from './vector/worker-vector-env.ts';
export type * from './vector-env.ts';
export { ActionCheck } from './wrappers/action-check.ts';
export { ClipAction } from './wrappers/clip-action.ts';
export { FrameStack, type FrameStackOptions } from './wrappers/frame-stack.ts';
export { NormalizeObservation } from './wrappers/normalize-observation.ts';
export { NormalizeReward } from './wrappers/normalize-reward.ts';
export { OrderEnforcing } from './wrappers/order-enforcing.ts';
export { RecordEpisodeStatistics } from './wrappers/record-episode-statistics.ts';
export { RescaleAction } from './wrappers/rescale-action.ts';
export { RunningMoments } from './wrappers/running-moments.ts';
export { TimeLimit } from './wrappers/time-limit.ts';
export { TransformObservation } from './wrappers/transform-observation.ts';
export { TransformReward } from './wrappers/transform-reward.ts';
export { ObservationWrapper, Wrapper, type WrapperFace } from './wrappers/wrapper.ts';
