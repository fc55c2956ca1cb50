import { setImmediate } from 'node:timers/promises';

/** Lets signals, timers and other work run: stepping and updating are synchronous and would starve them. */
export function yieldToEvents(): Promise<void> {
  return setImmediate();
}

/** Called in a loop again and again; what it returns is waited for, mostly nothing. No result depends on it. */
export type Pause = () => Promise<void> | undefined;

/**
 * For loops that would keep signals, timers and other work waiting: a {@link yieldToEvents} after every so many
 * milliseconds of work. The default is short enough for a Ctrl-C to seem answered at once.
 */
export function pauseEvery(milliseconds = 50): Pause {
  let since = performance.now();
  return () => {
    if (performance.now() - since < milliseconds) return undefined;
    return yieldToEvents().then(() => {
      since = performance.now();
    });
  };
}
