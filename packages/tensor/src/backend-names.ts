/** What computes, best first: the order in which `auto` looks for one. */
export const tensorBackendNames = ['cuda', 'tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

/**
 * A tensor backend: TensorFlow on an NVIDIA GPU, TensorFlow on the processor, any GPU by WebGPU, WebAssembly with SIMD, or
 * plain JavaScript.
 */
export type TensorBackendName = (typeof tensorBackendNames)[number];

/** What a user may ask for. */
export type TensorBackendChoice = 'auto' | TensorBackendName;

/** Every {@link TensorBackendChoice}, for options and schemas. */
export const tensorBackendChoices = ['auto', ...tensorBackendNames] as const;
