export type * from './env.ts';
export type * from './space.ts';
export type * from './vector-env.ts';
