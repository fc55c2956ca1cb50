import { InputError } from '@understudy/errors';
import type { EpisodeRange } from '@understudy/training';

/** Rows of an episode; a dataset's `episodes` are such ranges. */
export type RowRange = Pick<EpisodeRange, 'start' | 'end'>;

/** @throws InputError when there is no episode, one is empty, or one reaches beyond the data. */
export function checkEpisodes(episodes: readonly RowRange[], transitions: number): void {
  if (episodes.length === 0) throw new InputError('There is no episode to take, so give at least one.');
  for (const { start, end } of episodes) {
    if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start < end && end <= transitions) {
      continue;
    }
    throw new InputError(
      `An episode from row ${start} to ${end} is no part of ${transitions} transitions, so give ranges within them.`,
    );
  }
}

/** @throws InputError unless it is a whole number of at least `least`. */
export function checkCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`${name} is ${value}, so give a whole number of at least ${least}.`);
}
