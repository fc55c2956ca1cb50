export type { TransitionOptions } from './drawable-rows.ts';
export { FileSampler, type FileSamplerOptions } from './file-sampler.ts';
export { createOfflineBatch, type OfflineBatch } from './transition-batch.ts';
export { TransitionSampler, type TransitionSamplerOptions } from './transition-sampler.ts';
