import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import type { RowRange } from './check-episodes.ts';

/** Options of {@link splitEpisodes}. */
export interface SplitEpisodesOptions {
  /** Share of the episodes held out, above 0 and below 1; default 0.1. At least one episode is on each side. */
  readonly validationShare?: number;
  /** Chooses which; default 0. */
  readonly seed?: number;
}

/** Episodes to learn from and episodes to judge by, each in the order of the data. */
export interface EpisodeSplit<T extends RowRange> {
  readonly train: T[];
  readonly validation: T[];
}

/**
 * Splits a dataset by whole episodes: neighbouring rows are nearly equal, so a split by rows would judge what it learned.
 *
 * @throws InputError when there are fewer than two episodes or the share is out of range.
 */
export function splitEpisodes<T extends RowRange>(
  episodes: readonly T[],
  { validationShare = 0.1, seed = 0 }: SplitEpisodesOptions = {},
): EpisodeSplit<T> {
  if (!(validationShare > 0 && validationShare < 1)) {
    throw new InputError(`validationShare is ${validationShare}, so give a number above 0 and below 1.`);
  }
  if (episodes.length < 2) {
    throw new InputError(`${episodes.length} episodes can't be split in two, so give at least two.`);
  }
  const count = Math.min(episodes.length - 1, Math.max(1, Math.round(validationShare * episodes.length)));
  const heldOut = new Set(defaultRng(seed).permutation(episodes.length).subarray(0, count));
  return {
    train: episodes.filter((_, i) => !heldOut.has(i)),
    validation: episodes.filter((_, i) => heldOut.has(i)),
  };
}
