export { DdpgHerAgent } from './agent.ts';
export type { DdpgHerConfig, DdpgHerOptions } from './config.ts';
export { ddpgHerSettings, resolveDdpgHerConfig } from './config.ts';
export { criticTargets, penaliseActions, sparseReturnRange, type TargetRange } from './loss.ts';
export { type GoalEnvironmentHooks, train } from './train.ts';
