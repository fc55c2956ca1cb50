import { InputError } from '@understudy/errors';
import type { Dataset, EpisodeRange } from '@understudy/training';

/**
 * Cuts episodes where the observations jump: where the row after is not what the row's stored next observation says.
 * D4RL's mazes begin anew without a flag, so loaders of whole trajectories split them so.
 *
 * @param tolerance - Greatest Euclidean distance that is no jump; default 1e-6, as the Latent Plan Transformer's loader has.
 * @returns The dataset's episodes, those with jumps in pieces. All but a last incomplete one are complete.
 * @throws InputError when the dataset stored no next observations or the tolerance is below 0.
 */
export function splitAtJumps(dataset: Dataset, tolerance = 1e-6): EpisodeRange[] {
  const { observations, nextObservations, observationSize } = dataset;
  if (!nextObservations) {
    throw new InputError('Jumps are told by next_observations, which the data lacks, so choose a file that has them.');
  }
  if (!(tolerance >= 0))
    throw new InputError(`The tolerance of a jump is ${tolerance}, so give a number of at least 0.`);
  const pieces: EpisodeRange[] = [];
  for (const { start, end, complete } of dataset.episodes) {
    let from = start;
    for (let row = start; row < end - 1; row++) {
      let squares = 0;
      for (let at = row * observationSize; at < (row + 1) * observationSize; at++) {
        squares += (observations[at + observationSize] - nextObservations[at]) ** 2;
      }
      // Written so that NaN is a jump.
      if (squares <= tolerance * tolerance) continue;
      pieces.push({ start: from, end: row + 1, complete: true });
      from = row + 1;
    }
    pieces.push({ start: from, end, complete });
  }
  return pieces;
}
