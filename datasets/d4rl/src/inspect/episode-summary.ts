import type { InspectedBlock } from './inspected-block.ts';
import { type Histogram, StreamingHistogram } from './streaming-histogram.ts';

/** Smallest, mean and largest of some numbers. */
export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** Lengths and returns of a dataset's episodes. */
export interface EpisodesInspection {
  /** All, also a last one that the recording cut off in the middle. */
  readonly count: number;
  readonly complete: number;
  /** Of the complete episodes, or of all where none is complete. */
  readonly lengths: Spread & { readonly histogram: Histogram };
  /** Sums of rewards of the same episodes; `std` is over the population. */
  readonly returns: Spread & { readonly std: number; readonly histogram: Histogram | null };
}

/** Follows episodes through blocks of rows, whatever blocks they reach over. */
export class EpisodeSummary {
  readonly #lengths = new SpreadSum();
  readonly #returns = new SpreadSum();
  #length = 0;
  #return = 0;
  /** Episodes of one step. */
  singleSteps = 0;
  /** Rows where the task ended. */
  terminals = 0;
  /** Rows where an episode was cut off. */
  timeouts = 0;
  /** Rows with both flags. */
  bothFlags = 0;
  firstBothFlags: number | undefined;

  add({ start, rows, columns, terminals, timeouts }: InspectedBlock): void {
    const rewards = columns.get('rewards')!;
    for (let i = 0; i < rows; i++) {
      this.#length++;
      this.#return += rewards[i];
      this.terminals += terminals[i];
      this.timeouts += timeouts[i];
      if (terminals[i] === 1 && timeouts[i] === 1) {
        this.bothFlags++;
        this.firstBothFlags ??= start + i;
      }
      if (terminals[i] === 1 || timeouts[i] === 1) this.#end();
    }
  }

  finish(): EpisodesInspection {
    const complete = this.#lengths.count;
    const count = complete + (this.#length > 0 ? 1 : 0);
    if (complete === 0) this.#end();
    return {
      count,
      complete,
      lengths: { ...this.#lengths.spread(), histogram: this.#lengths.histogram.histogram()! },
      returns: {
        ...this.#returns.spread(),
        std: this.#returns.std(),
        histogram: this.#returns.histogram.histogram() ?? null,
      },
    };
  }

  #end(): void {
    if (this.#length === 1) this.singleSteps++;
    this.#lengths.add(this.#length);
    this.#returns.add(this.#return);
    this.#length = 0;
    this.#return = 0;
  }
}

/** Spread, deviation and histogram of numbers that come one by one. */
class SpreadSum {
  readonly histogram = new StreamingHistogram();
  count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    const before = value - this.#mean;
    this.#mean += before / this.count;
    this.#squares += before * (value - this.#mean);
    if (Number.isFinite(value)) this.histogram.add(value);
  }

  spread(): Spread {
    return { min: this.#min, mean: this.#mean, max: this.#max };
  }

  std(): number {
    return Math.sqrt(this.#squares / this.count);
  }
}
