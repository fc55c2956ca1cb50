export type { PpoConfig, PpoOptions } from './config.ts';
export { resolvePpoConfig } from './config.ts';
export { PpoLearner } from './learner.ts';
export type { SurrogateStatistics } from './loss.ts';
export { clippedSurrogate, clippedValueLoss, normalizeAdvantages } from './loss.ts';
export { train } from './train.ts';
export type { CreatePpoUpdate, PpoUpdate, UpdateStatistics } from './update.ts';
