import './register.ts';

export { swimmerModel } from './model.ts';
export { SwimmerEnv, type SwimmerOptions } from './swimmer-env.ts';
