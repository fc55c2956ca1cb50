import { InputError } from '@understudy/errors';
import type { Dataset } from '@understudy/training';
import { checkCount, checkEpisodes, type RowRange } from './check-episodes.ts';

/**
 * Demonstrations of states alone: there is no action in them, so nothing that learns from them can look at one. They
 * hold no reward either. (Chen et al., "Latent-Action Non-Markov Decision Process"; Torabi et al. 2018.)
 */
export interface StateDemonstrations {
  readonly demonstrations: number;
  readonly stateSize: number;
  /** First state of each demonstration, `[demonstrations]`. */
  readonly starts: Int32Array;
  /** One past the last state of each, `[demonstrations]`. */
  readonly ends: Int32Array;
  /** One demonstration after the other, `[states, stateSize]`. */
  readonly states: Float32Array;
}

/** Options of {@link stateDemonstrations}. */
export interface StateDemonstrationOptions {
  /** Default all of the dataset's episodes. */
  readonly episodes?: readonly RowRange[];
}

/**
 * Copies the states s_0 ... s_T of every episode. The last is the stored next observation of the last row; where the
 * data stores none, a demonstration ends with the last observation, one state earlier.
 *
 * @throws InputError when an episode reaches beyond the data.
 */
export function stateDemonstrations(
  dataset: Omit<Dataset, 'actions' | 'actionSize' | 'rewards'>,
  options: StateDemonstrationOptions = {},
): StateDemonstrations {
  const { observations, nextObservations, observationSize, transitions } = dataset;
  const { episodes = dataset.episodes } = options;
  checkEpisodes(episodes, transitions);
  const extra = nextObservations ? 1 : 0;
  const total = episodes.reduce((sum, { start, end }) => sum + end - start + extra, 0);
  const states = new Float32Array(total * observationSize);
  const starts = new Int32Array(episodes.length);
  const ends = new Int32Array(episodes.length);
  let row = 0;
  episodes.forEach(({ start, end }, i) => {
    starts[i] = row;
    states.set(observations.subarray(start * observationSize, end * observationSize), row * observationSize);
    row += end - start;
    if (nextObservations) {
      const last = nextObservations.subarray((end - 1) * observationSize, end * observationSize);
      states.set(last, row * observationSize);
      row++;
    }
    ends[i] = row;
  });
  return { demonstrations: episodes.length, stateSize: observationSize, starts, ends, states };
}

/** Segments of demonstrations: each the last `context` states and the one that followed. */
export interface StateSegments {
  readonly segments: number;
  /** L: how many states a policy sees. */
  readonly context: number;
  readonly stateSize: number;
  /** `[segments, context + 1, stateSize]`; zeros where a demonstration had not begun. */
  readonly states: Float32Array;
  /** States of each segment that are real, the one that followed included, `[segments]`, at least 2. */
  readonly lengths: Int32Array;
}

/**
 * Cuts demonstrations into one segment for every step: (s_{t-L+1} ... s_t, s_{t+1}), with zeros before s_0. No segment
 * reaches into another demonstration.
 *
 * @param context - L, at least 1.
 * @throws InputError when the context is no such number or no demonstration has two states.
 */
export function stateSegments(demonstrations: StateDemonstrations, context: number): StateSegments {
  checkCount('context', context, 1);
  const { starts, ends, states, stateSize } = demonstrations;
  const segments = starts.reduce((sum, start, i) => sum + ends[i] - start - 1, 0);
  if (segments === 0) throw new InputError('No demonstration has two states, so give longer ones.');
  const width = context + 1;
  const out = new Float32Array(segments * width * stateSize);
  const lengths = new Int32Array(segments);
  let segment = 0;
  for (let i = 0; i < starts.length; i++) {
    for (let next = starts[i] + 1; next < ends[i]; next++, segment++) {
      const first = Math.max(starts[i], next - context);
      const real = next + 1 - first;
      lengths[segment] = real;
      const at = ((segment + 1) * width - real) * stateSize;
      out.set(states.subarray(first * stateSize, (next + 1) * stateSize), at);
    }
  }
  return { segments, context, stateSize, states: out, lengths };
}
