export { Td3Agent } from './agent.ts';
export type { Td3Config, Td3Options } from './config.ts';
export { resolveTd3Config, td3Settings } from './config.ts';
export { clippedDoubleTargets, smoothActions } from './loss.ts';
export { train } from './train.ts';
export type { CreateTd3Update, Td3Statistics, Td3Update } from './update.ts';
