import type { EpisodeRange } from '@understudy/training';
import { findEpisodes, timeoutsByLength } from '../episodes.ts';
import { finalStepRule, type ViewSource } from '../final-steps.ts';

/**
 * A dataset's episodes as they were: by its own boundaries or, where the file stored no timeouts, by the time limit
 * counted from each episode's first step.
 *
 * @throws InputError when the file stored no timeouts and `maxEpisodeSteps` is missing.
 */
export function episodesOf(dataset: ViewSource, maxEpisodeSteps: number | undefined): readonly EpisodeRange[] {
  if (dataset.timeoutsStored !== false) return dataset.episodes;
  finalStepRule(dataset, maxEpisodeSteps);
  return findEpisodes(dataset.terminals, timeoutsByLength(dataset.terminals, maxEpisodeSteps));
}
