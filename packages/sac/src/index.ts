export { SacAgent } from './agent.ts';
export type { SacConfig, SacOptions } from './config.ts';
export { resolveSacConfig, sacSettings } from './config.ts';
export { smallerValueLoss, softTargets, temperatureGradient } from './loss.ts';
export { train } from './train.ts';
export type { CreateSacUpdate, SacStatistics, SacUpdate } from './update.ts';
