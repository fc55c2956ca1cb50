export { type BenchDatasetOptions, type BenchDatasetResult, benchDataset } from './bench-dataset.ts';
export { type BenchEnvOptions, type BenchEnvResult, benchEnv } from './bench-env.ts';
export {
  type BenchInferenceOptions,
  type BenchInferenceResult,
  benchInference,
  type InferenceFigure,
  type StartedServer,
} from './bench-inference.ts';
export { type BenchMemoryOptions, type BenchMemoryResult, benchMemory } from './bench-memory.ts';
export { type BenchServeOptions, type BenchServeResult, benchServe } from './bench-serve.ts';
export { type BenchSoakOptions, type BenchSoakResult, benchSoak, type SoakSample } from './bench-soak.ts';
export { type BenchTrainOptions, type BenchTrainResult, benchTrain, type TimedAlgorithmName } from './bench-train.ts';
export { type BenchUpdateOptions, type BenchUpdateResult, benchUpdate } from './bench-update.ts';
export { type BenchWorkersOptions, type BenchWorkersResult, benchWorkers } from './bench-workers.ts';
export { describeMachine } from './machine.ts';
export type { BenchHooks } from './rounds.ts';
