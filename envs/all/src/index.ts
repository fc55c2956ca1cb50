export { environmentIds, loadEnvironment } from './environments.ts';
export { make, makeVector } from './make.ts';
