import './register.ts';

export { walker2dModel } from './model.ts';
export { Walker2dEnv, type Walker2dOptions, type Walker2dVersion } from './walker2d-env.ts';
