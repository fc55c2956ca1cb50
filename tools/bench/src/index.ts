export { type BenchEnvOptions, type BenchEnvResult, benchEnv } from './bench-env.ts';
export { type BenchTrainOptions, type BenchTrainResult, benchTrainPpo } from './bench-train-ppo.ts';
export { type BenchUpdateOptions, type BenchUpdateResult, benchUpdate } from './bench-update.ts';
export { describeMachine } from './machine.ts';
export type { BenchHooks } from './rounds.ts';
