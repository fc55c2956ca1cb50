export { default } from '../../vitest.kernels.ts';
