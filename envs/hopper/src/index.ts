import './register.ts';

export { HopperEnv, type HopperOptions, type HopperVersion } from './hopper-env.ts';
export { hopperModel } from './model.ts';
