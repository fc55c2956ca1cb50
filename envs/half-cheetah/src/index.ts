import './register.ts';

export { HalfCheetahEnv, type HalfCheetahOptions, type HalfCheetahVersion } from './half-cheetah-env.ts';
export { halfCheetahModel } from './model.ts';
