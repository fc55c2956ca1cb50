import './register.ts';

export { AntEnv, type AntOptions, type AntV4Options, type AntVersion } from './ant-env.ts';
export { type AntModelOptions, antModel, buildAntModel } from './model.ts';
