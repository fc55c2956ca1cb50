import { yieldToEvents } from '@understudy/training';

/** For loops that would starve the thread's other work: a pause after every so many milliseconds of work. */
export function pauseEvery(milliseconds: number): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < milliseconds) return undefined;
    return yieldToEvents().then(() => {
      since = performance.now();
    });
  };
}
