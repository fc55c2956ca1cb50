export type { TrpoConfig, TrpoOptions } from './config.ts';
export { resolveTrpoConfig } from './config.ts';
export type { ConjugateGradientsOptions, MatrixProduct } from './conjugate-gradients.ts';
export { ConjugateGradients } from './conjugate-gradients.ts';
export { TrpoLearner } from './learner.ts';
export type { LineSearchOptions, Trial } from './line-search.ts';
export { searchLine } from './line-search.ts';
export type { PolicyStatistics } from './policy-update.ts';
export { train } from './train.ts';
