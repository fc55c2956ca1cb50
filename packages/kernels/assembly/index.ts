export { backward, forward } from './network';
export { adam, fill, polyak, scale, sumOfSquares } from './optimiser';
export { tangent, tangentBackward } from './tangent';
export { add, layerNorm, layerNormBackward, spectralNorm, spectralNormBackward } from './normalisation';
export { roundsOnce } from './vector';
