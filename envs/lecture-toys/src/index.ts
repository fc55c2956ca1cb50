import './register.ts';

export { BimodalActionEnv, type BimodalActionOptions, bimodalExpert } from './bimodal-action-env.ts';
export { HiddenVelocityEnv, hiddenVelocityExpert } from './hidden-velocity-env.ts';
export { IntegratorTrackEnv, type IntegratorTrackOptions, integratorTrackExpert } from './integrator-track-env.ts';
export { RecallEnv, RecallExpert, type RecallOptions } from './recall-env.ts';
