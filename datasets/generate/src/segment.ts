import type { D4rlRows, InfoLayout } from '@understudy/d4rl';
import type { Generator } from '@understudy/random';

/** Some whole episodes, one after the other. */
export interface SegmentRows extends D4rlRows {
  /** `[rows]`, 1 where an episode was cut off. */
  readonly timeouts: Uint8Array;
}

/** What the columns of a dataset are. */
export interface SegmentLayout {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly nextObservations: boolean;
  readonly infos: Readonly<Record<string, InfoLayout>>;
}

/**
 * Where a dataset comes from, in pieces that depend on nothing but the seed and their number: that is what makes the
 * making resumable and its bytes the same however often it was stopped.
 */
export interface SegmentSource extends SegmentLayout {
  /**
   * Makes a piece.
   *
   * @param index - Its number, from 0.
   * @param generator - Everything random in it; its own, of the dataset's seed and its number.
   * @param tick - Told now and then how many rows the piece has; false asks to stop.
   * @returns Whole episodes, at least one; undefined when it was stopped.
   */
  segment(index: number, generator: Generator, tick: Tick): Promise<SegmentRows | undefined>;
}

/** Tells how many rows a piece has so far. @returns False when the work is to stop. */
export type Tick = (rows: number) => Promise<boolean>;
