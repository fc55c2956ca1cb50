export { Adam, type AdamOptions, type AdamState, AdamW } from './adam.ts';
export { Categorical, type CategoricalParameters } from './distributions/categorical.ts';
export { DiagonalGaussian, type GaussianForm, type GaussianParameters } from './distributions/diagonal-gaussian.ts';
export type { Distribution, FloatArray } from './distributions/distribution.ts';
export { type PathwiseUpstream, SquashedGaussian } from './distributions/squashed-gaussian.ts';
export * from './gradient-penalty.ts';
export * from './initialisation.ts';
export * from './mlp-network.ts';
export type * from './network.ts';
export * from './parameter-vector.ts';
export { polyakUpdate } from './polyak.ts';
export * from './residual-network.ts';
export * from './running-mean-variance.ts';
export { decodeSafetensors } from './safetensors/decode.ts';
export { encodeSafetensors } from './safetensors/encode.ts';
export { readSafetensors, writeSafetensors } from './safetensors/file.ts';
export {
  bytesPerElement,
  type SafetensorsContent,
  type Tensor,
  type TensorData,
  type TensorType,
  tensorOf,
} from './safetensors/tensor.ts';
export type { SpectralState } from './spectral-normalisation.ts';
