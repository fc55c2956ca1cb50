export * from './client/index.ts';
export * from './collection/index.ts';
export * from './inference/index.ts';
export * from './protocol/index.ts';
export * from './security/index.ts';
export * from './server/index.ts';
export * from './transport/index.ts';
