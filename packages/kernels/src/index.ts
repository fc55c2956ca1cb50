export { type Activation, mlpParameterCount } from './descriptor.ts';
export {
  type KernelEngine,
  type KernelStatus,
  kernelEngines,
  kernelStatus,
  type ServingEngine,
  setKernelEngine,
} from './kernel-engine.ts';
export { KernelMemory, type KernelMemoryOptions } from './kernel-memory.ts';
export { createMlp, Mlp, type MlpBackwardOptions, type MlpOptions, type MlpTangent } from './mlp.ts';
export * from './normalisation.ts';
export { type AdamStep, adam, fill, globalNorm, polyak, scale } from './optimiser.ts';
