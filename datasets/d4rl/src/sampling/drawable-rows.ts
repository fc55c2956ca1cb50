import { InputError } from '@understudy/errors';
import { finalStepRule, type ViewSource } from '../final-steps.ts';

/** What makes a row one that can be drawn; the same as in D4RL's Q-learning view unless told otherwise. */
export interface TransitionOptions {
  /**
   * `following` (D4RL's): the next observation is the following row's, so rows with a timeout and the last one cannot be
   * drawn. `stored`: it is the stored one, and every row can be.
   */
  readonly nextObservations?: 'following' | 'stored';
  /** With `following`: also rows with a timeout, whose next observation is then the next episode's first. */
  readonly terminateOnEnd?: boolean;
  /** Where the file stores no timeouts, an episode's steps. */
  readonly maxEpisodeSteps?: number;
}

/** Flags and length of a dataset. */
export type RowFlags = Pick<ViewSource, 'transitions' | 'terminals' | 'timeouts' | 'timeoutsStored'>;

/** @throws InputError when there is no row to draw, or `maxEpisodeSteps` is missing. */
export function drawableRows(source: RowFlags, options: TransitionOptions): Uint32Array {
  const { nextObservations = 'following', terminateOnEnd = false, maxEpisodeSteps } = options;
  const { transitions, terminals } = source;
  if (nextObservations === 'stored') return Uint32Array.from({ length: transitions }, (_, row) => row);
  const isFinal = finalStepRule(source as ViewSource, maxEpisodeSteps);
  const rows = new Uint32Array(transitions);
  let count = 0;
  let episodeStep = 0;
  for (let row = 0; row < transitions - 1; row++) {
    const final = isFinal(row, episodeStep);
    if (final && !terminateOnEnd) {
      episodeStep = 0;
      continue;
    }
    rows[count++] = row;
    if (final || terminals[row] !== 0) episodeStep = 0;
    // D4RL counts on after a reset too, so the next episode begins at 1.
    episodeStep++;
  }
  if (count > 0) return rows.slice(0, count);
  throw new InputError(
    'Every row ends an episode by a timeout, so there is no transition to draw: use terminateOnEnd.',
  );
}
