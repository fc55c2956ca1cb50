export { InputError, isInputError } from './input-error.ts';
export { nearestNames } from './nearest-names.ts';
