import { finalStepRule, type ViewSource } from '../final-steps.ts';
import { episodesOf } from './episodes-of.ts';

/** Options of {@link qlearningDataset}. */
export interface QlearningOptions {
  /** Keep the last transition of episodes that were cut off. Default false, as in D4RL. */
  readonly terminateOnEnd?: boolean;
  /** The environment's time limit; used, and required, only where the file stored no timeouts. */
  readonly maxEpisodeSteps?: number;
  /** `d4rl`, the default: D4RL's rows, whatever is odd about them. `none`: what D4RL's documentation promises. */
  readonly quirks?: 'd4rl' | 'none';
}

/** Transitions for Q-learning, in recorded order, as float32. */
export interface QlearningDataset {
  readonly transitions: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** `[transitions, observationSize]` */
  readonly observations: Float32Array;
  /** `[transitions, actionSize]` */
  readonly actions: Float32Array;
  /** `[transitions, observationSize]`; of no meaning where `terminals` is set. */
  readonly nextObservations: Float32Array;
  /** `[transitions]` */
  readonly rewards: Float32Array;
  /** `[transitions]`, 1 where the task ended. */
  readonly terminals: Uint8Array;
}

/**
 * The transitions that D4RL's `qlearning_dataset` gives, to the number:
 *
 * - the next observation of row i is the observation of row i + 1; stored `next_observations` are not looked at, so
 *   after a terminal it is the next episode's first observation;
 * - the last row of the file is left out;
 * - rows where an episode was cut off are left out, or, with `terminateOnEnd`, kept with the next episode's first
 *   observation as their next one;
 * - `terminals` are the stored terminals: `terminateOnEnd` does not set them, whatever D4RL's documentation says;
 * - without stored timeouts an episode is cut off after `maxEpisodeSteps`, but one that follows a terminal (or, with
 *   `terminateOnEnd`, a cut) one step earlier, because D4RL's counter then starts at 1.
 *
 * With `quirks: 'none'` no row knows of another episode: next observations are the stored ones or, within an episode,
 * the following row's. A row whose next observation is unknown is left out, unless it is a terminal, whose next
 * observation is of no meaning and given as its own observation. `terminateOnEnd` keeps such rows and marks every
 * episode's last row as a terminal.
 *
 * @throws InputError when the file stored no timeouts and `maxEpisodeSteps` is missing.
 */
export function qlearningDataset(dataset: ViewSource, options: QlearningOptions = {}): QlearningDataset {
  if (options.quirks === 'none') return documentedDataset(dataset, options);
  const { observationSize, actionSize, observations, actions, rewards, terminals } = dataset;
  const runs = keptRuns(dataset, options);
  const result = allocate(dataset, countRows(runs));
  let row = 0;
  for (const { start, end } of runs) {
    const from = start * observationSize;
    const to = end * observationSize;
    result.observations.set(observations.subarray(from, to), row * observationSize);
    const next = observations.subarray(from + observationSize, to + observationSize);
    result.nextObservations.set(next, row * observationSize);
    result.actions.set(actions.subarray(start * actionSize, end * actionSize), row * actionSize);
    result.rewards.set(rewards.subarray(start, end), row);
    for (let i = start; i < end; i++) result.terminals[row + i - start] = terminals[i] === 0 ? 0 : 1;
    row += end - start;
  }
  return result;
}

function allocate({ observationSize, actionSize }: ViewSource, transitions: number) {
  return {
    transitions,
    observationSize,
    actionSize,
    observations: new Float32Array(transitions * observationSize),
    actions: new Float32Array(transitions * actionSize),
    nextObservations: new Float32Array(transitions * observationSize),
    rewards: new Float32Array(transitions),
    terminals: new Uint8Array(transitions),
  };
}

function countRows(runs: readonly { start: number; end: number }[]): number {
  return runs.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** The view without quirks: one run of rows for each episode. */
function documentedDataset(dataset: ViewSource, options: QlearningOptions): QlearningDataset {
  const { observationSize, actionSize, observations, actions, rewards, terminals, nextObservations } = dataset;
  const { terminateOnEnd = false, maxEpisodeSteps } = options;
  const runs = episodesOf(dataset, maxEpisodeSteps).map(({ start, end }) => {
    const lastKept = nextObservations !== undefined || terminateOnEnd || terminals[end - 1] !== 0;
    return { start, end: lastKept ? end : end - 1, last: end - 1 };
  });
  const result = allocate(dataset, countRows(runs));
  let row = 0;
  for (const { start, end, last } of runs) {
    const from = start * observationSize;
    const to = end * observationSize;
    const at = row * observationSize;
    result.observations.set(observations.subarray(from, to), at);
    if (nextObservations) result.nextObservations.set(nextObservations.subarray(from, to), at);
    else {
      const within = observations.subarray(from + observationSize, (last + 1) * observationSize);
      result.nextObservations.set(within, at);
      if (end > last) {
        const own = observations.subarray(last * observationSize, to);
        result.nextObservations.set(own, at + within.length);
      }
    }
    result.actions.set(actions.subarray(start * actionSize, end * actionSize), row * actionSize);
    result.rewards.set(rewards.subarray(start, end), row);
    for (let i = start; i < end; i++) {
      result.terminals[row + i - start] = terminals[i] !== 0 || (terminateOnEnd && i === last) ? 1 : 0;
    }
    row += end - start;
  }
  return result;
}

/** Ranges of neighbouring rows that D4RL keeps: there is one for each episode, so copying costs no more than memory. */
function keptRuns(dataset: ViewSource, options: QlearningOptions): { start: number; end: number }[] {
  const { terminateOnEnd = false, maxEpisodeSteps } = options;
  const { terminals } = dataset;
  const isFinal = finalStepRule(dataset, maxEpisodeSteps);
  const last = dataset.transitions - 1;
  const runs: { start: number; end: number }[] = [];
  let start = 0;
  let episodeStep = 0;
  for (let i = 0; i < last; i++) {
    const final = isFinal(i, episodeStep);
    if (final && !terminateOnEnd) {
      if (i > start) runs.push({ start, end: i });
      start = i + 1;
      episodeStep = 0;
      continue;
    }
    if (final || terminals[i] !== 0) episodeStep = 0;
    // D4RL counts on after a reset too, so the next episode begins at 1.
    episodeStep++;
  }
  if (last > start) runs.push({ start, end: last });
  return runs;
}
