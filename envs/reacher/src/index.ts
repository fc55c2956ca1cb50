import './register.ts';

export { reacherModel } from './model.ts';
export { ReacherEnv, type ReacherOptions } from './reacher-env.ts';
