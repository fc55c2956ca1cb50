export { type Activation, mlpParameterCount } from './descriptor.ts';
export { KernelMemory, type KernelMemoryOptions } from './kernel-memory.ts';
export { createMlp, Mlp, type MlpBackwardOptions, type MlpOptions } from './mlp.ts';
export { type AdamStep, adam, fill, globalNorm, polyak, scale } from './optimiser.ts';
