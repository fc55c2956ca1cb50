import { InputError } from '@understudy/errors';
import type { Dataset } from '@understudy/training';
import { checkCount, checkEpisodes, type RowRange } from './check-episodes.ts';
import { EpisodeSampler, type EpisodeSamplerOptions } from './episode-sampler.ts';

/** Columns that windows are cut from: a dataset, `TrajectoryReturns`, or others of these shapes. */
export interface WindowSource extends Pick<Dataset, 'observationSize' | 'actionSize' | 'observations' | 'actions'> {
  /** `[transitions]`, where a model is told what is left to earn. */
  readonly returnsToGo?: Float32Array;
}

/** Options of {@link SequenceWindows}. */
export interface SequenceWindowOptions extends EpisodeSamplerOptions {
  /** Steps of a window. */
  readonly length: number;
  /**
   * Where in its episode a window begins: at the row drawn, so that every row is as likely to be the first, or at the
   * episode's first step. Default `anywhere`.
   */
  readonly begin?: 'anywhere' | 'start';
  /** Which side of a window shorter than `length` is filled up; default `left`. */
  readonly padding?: 'left' | 'right';
  /** What padded actions are; default 0. The Decision Transformer's code has -10. */
  readonly paddedAction?: number;
}

/** Some windows, each of the same length. Arrays are written anew by every {@link SequenceWindows.sample}. */
export interface WindowBatch {
  readonly size: number;
  readonly length: number;
  /** `[size, length, observationSize]`, 0 in padding. */
  readonly observations: Float32Array;
  /** `[size, length, actionSize]` */
  readonly actions: Float32Array;
  /** `[size, length]`, 0 in padding; all 0 where the source has none. */
  readonly returnsToGo: Float32Array;
  /** Steps since the episode's start, `[size, length]`, 0 in padding. */
  readonly timesteps: Int32Array;
  /** 1 where there is a transition, 0 in padding, `[size, length]`. */
  readonly mask: Uint8Array;
  /** The episode that each window is of, by its index, `[size]`: what a chain a trajectory is kept by. */
  readonly episodes: Int32Array;
}

/** Windows of episodes, padded and masked, for sequence models. No window reaches into another episode. */
export class SequenceWindows {
  readonly sampler: EpisodeSampler;
  readonly #source: WindowSource;
  readonly #options: Required<Omit<SequenceWindowOptions, 'seed'>>;

  /** @throws InputError when an episode reaches beyond the data or an option is out of range. */
  constructor(source: WindowSource, episodes: readonly RowRange[], options: SequenceWindowOptions) {
    const { length, begin = 'anywhere', padding = 'left', paddedAction = 0, seed } = options;
    checkCount('length', length, 1);
    const transitions = source.observations.length / source.observationSize;
    checkEpisodes(episodes, transitions);
    if (source.returnsToGo && source.returnsToGo.length !== transitions) {
      throw new InputError(
        `There are ${source.returnsToGo.length} returns to go for ${transitions} transitions, so give one for each.`,
      );
    }
    this.#source = source;
    this.#options = { length, begin, padding, paddedAction };
    this.sampler = new EpisodeSampler(episodes, { seed });
  }

  /** Makes room for a batch of `size` windows. */
  createBatch(size: number): WindowBatch {
    checkCount('size', size, 1);
    const { length } = this.#options;
    const { observationSize, actionSize } = this.#source;
    const steps = size * length;
    return {
      size,
      length,
      observations: new Float32Array(steps * observationSize),
      actions: new Float32Array(steps * actionSize),
      returnsToGo: new Float32Array(steps),
      timesteps: new Int32Array(steps),
      mask: new Uint8Array(steps),
      episodes: new Int32Array(size),
    };
  }

  /** Fills the batch with windows of episodes drawn in proportion to their lengths. */
  sample(batch: WindowBatch): void {
    for (let slot = 0; slot < batch.size; slot++) {
      const episode = this.sampler.sample();
      this.write(batch, slot, episode, this.#options.begin === 'start' ? 0 : this.sampler.step);
    }
  }

  /**
   * Writes one window.
   *
   * @param slot - Its place in the batch.
   * @param episode - Index of its episode.
   * @param step - Its first step within the episode.
   */
  write(batch: WindowBatch, slot: number, episode: number, step: number): void {
    const { length, padding, paddedAction } = this.#options;
    const { observationSize, actionSize, observations, actions, returnsToGo } = this.#source;
    const { start, end } = this.sampler.episodes[episode];
    const first = start + step;
    const last = Math.min(end, first + length);
    const window = slot * length;
    const at = padding === 'left' ? window + length - (last - first) : window;
    batch.episodes[slot] = episode;
    batch.observations.fill(0, window * observationSize, (window + length) * observationSize);
    batch.observations.set(
      observations.subarray(first * observationSize, last * observationSize),
      at * observationSize,
    );
    batch.actions.fill(paddedAction, window * actionSize, (window + length) * actionSize);
    batch.actions.set(actions.subarray(first * actionSize, last * actionSize), at * actionSize);
    batch.returnsToGo.fill(0, window, window + length);
    if (returnsToGo) batch.returnsToGo.set(returnsToGo.subarray(first, last), at);
    batch.timesteps.fill(0, window, window + length);
    batch.mask.fill(0, window, window + length);
    for (let i = 0; i < last - first; i++) {
      batch.timesteps[at + i] = step + i;
      batch.mask[at + i] = 1;
    }
  }
}
