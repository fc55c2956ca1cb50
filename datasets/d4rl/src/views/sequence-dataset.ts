import type { ColumnData, D4rlDataset, ShapedColumn } from '../columns.ts';
import { finalStepRule, type ViewSource } from '../final-steps.ts';
import { episodesOf } from './episodes-of.ts';

/** Options of {@link sequenceDataset}. */
export interface SequenceOptions {
  /** The environment's time limit; used, and required, only where the file stored no timeouts. */
  readonly maxEpisodeSteps?: number;
  /** `d4rl`, the default: D4RL's episodes. `none`: all episodes, none cut early, and a trailing part too. */
  readonly quirks?: 'd4rl' | 'none';
}

/** One episode: views of the dataset's columns, not copies. */
export interface Sequence {
  /** Its first row in the dataset. */
  readonly start: number;
  /** One past its last row. */
  readonly end: number;
  /** `[end - start, observationSize]` */
  readonly observations: Float32Array | Float64Array;
  /** `[end - start, actionSize]` */
  readonly actions: Float32Array | Float64Array;
  /** `[end - start]` */
  readonly rewards: Float32Array | Float64Array;
  /** `[end - start]` */
  readonly terminals: Uint8Array;
  /** `[end - start]`; where the file stored none, what the dataset was read with. */
  readonly timeouts: Uint8Array;
  /** `[end - start, observationSize]` where the source has them. */
  readonly nextObservations?: Float32Array | Float64Array;
  readonly infos: Readonly<Record<string, ShapedColumn>>;
}

/**
 * The episodes that D4RL's `sequence_dataset` gives, in order:
 *
 * - one ends at every row where `terminals` or `timeouts` is set;
 * - rows after the last such row are dropped;
 * - without stored timeouts the first episode is cut off after `maxEpisodeSteps` and every later one a step earlier,
 *   because D4RL's counter then starts at 1.
 *
 * With `quirks: 'none'` they are the dataset's episodes: a trailing part is kept, and no episode is cut early.
 *
 * @throws InputError when the file stored no timeouts and `maxEpisodeSteps` is missing.
 */
export function sequenceDataset(
  dataset: ViewSource & Partial<Pick<D4rlDataset, 'infos'>>,
  options: SequenceOptions = {},
): Sequence[] {
  if (options.quirks === 'none') {
    return episodesOf(dataset, options.maxEpisodeSteps).map(({ start, end }) => view(dataset, start, end));
  }
  const isFinal = finalStepRule(dataset, options.maxEpisodeSteps);
  const { terminals } = dataset;
  const sequences: Sequence[] = [];
  let start = 0;
  let episodeStep = 0;
  for (let i = 0; i < dataset.transitions; i++) {
    if (terminals[i] !== 0 || isFinal(i, episodeStep)) {
      sequences.push(view(dataset, start, i + 1));
      start = i + 1;
      episodeStep = 0;
    }
    // D4RL counts on after a reset too, so the next episode begins at 1.
    episodeStep++;
  }
  return sequences;
}

function view(dataset: Parameters<typeof sequenceDataset>[0], start: number, end: number): Sequence {
  const rows = <T extends ColumnData>(data: T, width: number): T => data.subarray(start * width, end * width) as T;
  const { observationSize, actionSize, nextObservations, infos = {} } = dataset;
  const infoViews = Object.entries(infos).map(([name, { data, shape }]) => {
    const width = data.length / dataset.transitions;
    return [name, { data: rows(data, width), shape: [end - start, ...shape.slice(1)] }];
  });
  return {
    start,
    end,
    observations: rows(dataset.observations, observationSize),
    actions: rows(dataset.actions, actionSize),
    rewards: rows(dataset.rewards, 1),
    terminals: rows(dataset.terminals, 1),
    timeouts: rows(dataset.timeouts, 1),
    nextObservations: nextObservations && rows(nextObservations, observationSize),
    infos: Object.fromEntries(infoViews),
  };
}
