export { backward, forward } from './network';
export { adam, fill, polyak, scale, sumOfSquares } from './optimiser';
