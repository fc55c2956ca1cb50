import { InputError } from '@understudy/errors';
import type { EpisodeRange } from '@understudy/training';

/**
 * Finds the episodes in recorded flags: one ends after every row where `terminals` or `timeouts` is set. What follows
 * the last such row is kept as an episode with `complete: false`.
 *
 * @param terminals - `[transitions]`
 * @param timeouts - `[transitions]`
 */
export function findEpisodes(terminals: Uint8Array, timeouts: Uint8Array): EpisodeRange[] {
  const episodes: EpisodeRange[] = [];
  let start = 0;
  for (let i = 0; i < terminals.length; i++) {
    if (terminals[i] === 0 && timeouts[i] === 0) continue;
    episodes.push({ start, end: i + 1, complete: true });
    start = i + 1;
  }
  if (start < terminals.length) episodes.push({ start, end: terminals.length, complete: false });
  return episodes;
}

/**
 * The timeouts of a recording that stored none: set where an episode reached `maxEpisodeSteps` without a terminal.
 *
 * @param terminals - `[transitions]`
 */
export function timeoutsByLength(terminals: Uint8Array, maxEpisodeSteps = Number.POSITIVE_INFINITY): Uint8Array {
  checkMaxEpisodeSteps(maxEpisodeSteps);
  const timeouts = new Uint8Array(terminals.length);
  let steps = 0;
  for (let i = 0; i < terminals.length; i++) {
    steps++;
    if (terminals[i] !== 0) steps = 0;
    else if (steps === maxEpisodeSteps) {
      timeouts[i] = 1;
      steps = 0;
    }
  }
  return timeouts;
}

/** @throws InputError when it is no whole number of at least 1 (or infinity). */
export function checkMaxEpisodeSteps(maxEpisodeSteps: number): void {
  if (maxEpisodeSteps === Number.POSITIVE_INFINITY) return;
  if (!Number.isSafeInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
    throw new InputError(`maxEpisodeSteps is ${maxEpisodeSteps}, so give a whole number of at least 1.`);
  }
}
