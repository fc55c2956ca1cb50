import './register.ts';

export { AntEnv, type AntOptions, type AntV4Options, type AntVersion } from './ant-env.ts';
export { antModel } from './model.ts';
