export type { CommandContext } from './context.ts';
export { main } from './main.ts';
