import { setImmediate } from 'node:timers/promises';

/** Lets signals, timers and other work run: stepping and updating are synchronous and would starve them. */
export function yieldToEvents(): Promise<void> {
  return setImmediate();
}
