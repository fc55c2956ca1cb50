import { InputError } from '@understudy/errors';
import type { Dataset } from '@understudy/training';
import { checkMaxEpisodeSteps } from './episodes.ts';

/** Anything that D4RL's two views take: a dataset from a file, or one recorded here, which always has timeouts. */
export type ViewSource = Dataset & { readonly timeoutsStored?: boolean };

/**
 * Decides for each row in turn whether D4RL's loaders take it for the last step before a timeout: by the stored
 * `timeouts`, or, in files without them, by counting steps.
 */
export type FinalStepRule = (row: number, episodeStep: number) => boolean;

/** @throws InputError when the file stored no timeouts and `maxEpisodeSteps` is missing or out of range. */
export function finalStepRule(dataset: ViewSource, maxEpisodeSteps: number | undefined): FinalStepRule {
  if (dataset.timeoutsStored !== false) {
    const { timeouts } = dataset;
    return (row) => timeouts[row] !== 0;
  }
  if (maxEpisodeSteps === undefined) {
    throw new InputError(
      "The file has no timeouts, so give maxEpisodeSteps, the environment's time limit (Infinity where it has none).",
    );
  }
  checkMaxEpisodeSteps(maxEpisodeSteps);
  return (_row, episodeStep) => episodeStep === maxEpisodeSteps - 1;
}
