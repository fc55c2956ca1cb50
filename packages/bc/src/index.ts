export type { BcConfig, BcOptions } from './config.ts';
export { bcSettings, resolveBcConfig } from './config.ts';
export type { Demonstrations } from './demonstrations.ts';
export { BcLearner } from './learner.ts';
export type { CloningLoss } from './loss.ts';
export { gaussianNegativeLogLikelihood, meanSquaredError } from './loss.ts';
export { train } from './train.ts';
