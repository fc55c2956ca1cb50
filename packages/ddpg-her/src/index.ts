export { DdpgHerAgent } from './agent.ts';
export type { DdpgHerConfig, DdpgHerOptions } from './config.ts';
export { resolveDdpgHerConfig } from './config.ts';
export { criticTargets, penaliseActions, sparseReturnRange, type TargetRange } from './loss.ts';
export { type GoalEnvironmentHooks, train } from './train.ts';
