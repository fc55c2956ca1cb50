import { InputError } from '@understudy/errors';
import type { Dataset } from '@understudy/training';
import { checkEpisodes, type RowRange } from './check-episodes.ts';

/** Options of {@link trajectoryReturns}. */
export interface TrajectoryReturnOptions {
  /** Default the dataset's complete episodes, or all where none is complete. */
  readonly episodes?: readonly RowRange[];
  /** Returns are divided by it; default 1. */
  readonly scale?: number;
}

/**
 * Trajectories, each with its return and nothing that tells what a single step earned: the data of the Latent Plan
 * Transformer (Kong et al. 2024, section 3).
 */
export interface TrajectoryReturns {
  readonly trajectories: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** First row of each trajectory in the columns, `[trajectories]`. */
  readonly starts: Int32Array;
  /** One past the last row of each, `[trajectories]`. */
  readonly ends: Int32Array;
  /** The dataset's column, not a copy: `[rows, observationSize]` */
  readonly observations: Float32Array | Float64Array;
  /** The dataset's column, not a copy: `[rows, actionSize]` */
  readonly actions: Float32Array | Float64Array;
  /** Sums of the rewards, undiscounted and divided by the scale, `[trajectories]`. */
  readonly returns: Float64Array;
}

/**
 * Pairs of trajectory and final return.
 *
 * @throws InputError when an episode reaches beyond the data or the scale is 0.
 */
export function trajectoryReturns(dataset: Dataset, options: TrajectoryReturnOptions = {}): TrajectoryReturns {
  const { observationSize, actionSize, observations, actions, rewards } = dataset;
  const { episodes = completeEpisodes(dataset), scale = 1 } = options;
  checkEpisodes(episodes, dataset.transitions);
  checkScale(scale);
  const returns = new Float64Array(episodes.length);
  episodes.forEach(({ start, end }, i) => {
    let sum = 0;
    for (let row = start; row < end; row++) sum += rewards[row];
    returns[i] = sum / scale;
  });
  return {
    trajectories: episodes.length,
    observationSize,
    actionSize,
    starts: Int32Array.from(episodes, ({ start }) => start),
    ends: Int32Array.from(episodes, ({ end }) => end),
    observations,
    actions,
    returns,
  };
}

/** The episodes that were recorded to their end; all where none was. */
export function completeEpisodes({ episodes }: Pick<Dataset, 'episodes'>): readonly RowRange[] {
  const complete = episodes.filter((episode) => episode.complete);
  return complete.length > 0 ? complete : episodes;
}

/** @throws InputError when returns can't be divided by it. */
export function checkScale(scale: number): void {
  if (Number.isFinite(scale) && scale !== 0) return;
  throw new InputError(`The scale of returns is ${scale}, so give a number that returns can be divided by.`);
}
