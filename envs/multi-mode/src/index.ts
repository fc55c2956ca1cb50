import './register.ts';

export { MultiModeEnv } from './multi-mode-env.ts';
export type { MultiModeOptions } from './options.ts';
export { type MultiModeId, multiModeIds } from './tasks.ts';
