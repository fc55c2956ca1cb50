import './register.ts';

export { HumanoidEnv, type HumanoidOptions, type HumanoidV4Options, type HumanoidVersion } from './humanoid-env.ts';
export { humanoidModel } from './model.ts';
