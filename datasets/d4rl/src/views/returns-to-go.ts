import { InputError } from '@understudy/errors';
import type { Dataset } from '@understudy/training';
import { checkEpisodes, type RowRange } from './check-episodes.ts';
import { checkScale } from './trajectory-returns.ts';

/** What return-to-go is computed of. */
export type RewardSource = Pick<Dataset, 'transitions' | 'rewards' | 'episodes'>;

/** Options of {@link returnsToGo}. */
export interface ReturnsToGoOptions {
  /** Default the dataset's episodes. Rows outside get 0. */
  readonly episodes?: readonly RowRange[];
  /** Default 1. */
  readonly discount?: number;
  /** Returns are divided by it; default 1. */
  readonly scale?: number;
  /**
   * Gives every row its whole episode's return, discounted from its first step: what is left for a sequence model where
   * only the final return is known. Default false.
   */
  readonly wholeEpisode?: boolean;
}

/**
 * What each row's episode still earns from that row on, the row's own reward included. Of an incomplete episode that is
 * what it earned before the recording stopped.
 *
 * @returns `[transitions]`
 * @throws InputError when the discount is not in [0, 1], the scale is 0 or an episode reaches beyond the data.
 */
export function returnsToGo(dataset: RewardSource, options: ReturnsToGoOptions = {}): Float32Array {
  const { transitions, rewards } = dataset;
  const { episodes = dataset.episodes, discount = 1, scale = 1, wholeEpisode = false } = options;
  checkEpisodes(episodes, transitions);
  checkScale(scale);
  if (!(discount >= 0 && discount <= 1)) {
    throw new InputError(`The discount is ${discount}, so give a number from 0 to 1.`);
  }
  const result = new Float32Array(transitions);
  for (const { start, end } of episodes) {
    let sum = 0;
    for (let row = end - 1; row >= start; row--) {
      sum = rewards[row] + discount * sum;
      result[row] = sum / scale;
    }
    if (wholeEpisode) result.fill(sum / scale, start, end);
  }
  return result;
}

/**
 * Rewards of which each episode's last row has all: what step-wise learners get where only the final return is known.
 *
 * @returns `[transitions]`
 * @throws InputError when an episode reaches beyond the data.
 */
export function delayedRewards(dataset: RewardSource, episodes: readonly RowRange[] = dataset.episodes): Float32Array {
  const { transitions, rewards } = dataset;
  checkEpisodes(episodes, transitions);
  const result = new Float32Array(transitions);
  for (const { start, end } of episodes) {
    let sum = 0;
    for (let row = start; row < end; row++) sum += rewards[row];
    result[end - 1] = sum;
  }
  return result;
}
