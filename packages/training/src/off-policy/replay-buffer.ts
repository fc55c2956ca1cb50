import { InputError } from '@understudy/errors';
import type { Generator } from '@understudy/random';
import type { Metrics } from '../metrics-file.ts';
import type { TransitionBatch } from './transition-batch.ts';

/** Arguments of {@link ReplayBuffer}. */
export interface ReplayBufferOptions {
  /** Transitions to keep; the oldest make room for new ones. Rounded up to whole steps of all environments. */
  capacity: number;
  observationSize: number;
  actionSize: number;
  /** Environments stepped side by side. */
  count: number;
  /** Rewards summed before a value is counted on, n in n-step returns; 1 by default. */
  nStep?: number;
  /** Discount of later rewards. */
  gamma: number;
}

/** One step of all environments, `[count]` and `[count, width]`. */
export interface TransitionRows {
  observations: Float32Array;
  actions: Float32Array;
  rewards: ArrayLike<number>;
  /** What the actions led to: in an episode's last step its last observation, not the next episode's first. */
  nextObservations: Float32Array;
  terminated: Uint8Array;
  truncated: Uint8Array;
}

/**
 * The last transitions, to learn from in any order (Lin 1992). Everything lies in preallocated float32 columns; memory
 * is touched as it fills.
 *
 * A slot holds one step of all environments, so that row `slot * count + i` is environment i's and its next step is
 * `count` rows on.
 */
export class ReplayBuffer {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly count: number;
  readonly nStep: number;
  readonly gamma: number;
  /** Steps of all environments that fit. */
  readonly slots: number;
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
  readonly nextObservations: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  #added = 0;

  /** @throws InputError when the capacity can't be had. */
  constructor({ capacity, observationSize, actionSize, count, nStep = 1, gamma }: ReplayBufferOptions) {
    this.observationSize = observationSize;
    this.actionSize = actionSize;
    this.count = count;
    this.nStep = nStep;
    this.gamma = gamma;
    this.slots = Math.ceil(capacity / count);
    const rows = this.slots * count;
    const bytes = rows * (4 * (2 * observationSize + actionSize + 1) + 2);
    try {
      this.observations = new Float32Array(rows * observationSize);
      this.nextObservations = new Float32Array(rows * observationSize);
      this.actions = new Float32Array(rows * actionSize);
      this.rewards = new Float32Array(rows);
      this.terminated = new Uint8Array(rows);
      this.truncated = new Uint8Array(rows);
    } catch (cause) {
      throw new InputError(
        `A replay buffer of ${capacity} transitions takes ${Math.ceil(bytes / 1e6)} MB, which can't be had; choose a smaller capacity.`,
        { cause },
      );
    }
  }

  /** Steps of all environments added so far, those overwritten since included. */
  get added(): number {
    return this.#added;
  }

  /** Transitions at hand. */
  get size(): number {
    return Math.min(this.#added, this.slots) * this.count;
  }

  /** Takes in one step of all environments. */
  add(rows: TransitionRows): void {
    const slot = this.#added % this.slots;
    const { count, observationSize, actionSize } = this;
    this.observations.set(rows.observations, slot * count * observationSize);
    this.nextObservations.set(rows.nextObservations, slot * count * observationSize);
    this.actions.set(rows.actions, slot * count * actionSize);
    this.rewards.set(rows.rewards, slot * count);
    this.terminated.set(rows.terminated, slot * count);
    this.truncated.set(rows.truncated, slot * count);
    this.#added++;
  }

  /**
   * Fills a batch with transitions drawn uniformly, with replacement.
   *
   * @throws InputError while the buffer is empty.
   */
  sample(generator: Generator, batch: TransitionBatch): void {
    const { size } = this;
    if (size === 0) throw new InputError('The replay buffer is empty; step the environments before learning.');
    for (let i = 0; i < batch.size; i++) this.writeTransition(Math.floor(generator.random() * size), batch, i);
  }

  /** Puts the buffer back to a number of added steps, whose columns a file has brought back. */
  restoreAdded(added: number): void {
    this.#added = added;
  }

  /** Figures of the buffer's own for the metrics; a plain one has none. */
  metrics(): Metrics {
    return {};
  }

  /** Writes the n-step transition that begins at `row` to place `i` of the batch. */
  protected writeTransition(row: number, batch: TransitionBatch, i: number): void {
    const { observationSize, actionSize } = this;
    let last = row;
    let reward = this.rewards[row];
    let discount = this.gamma;
    for (let k = 1; k < this.nStep && this.goesOn(last); k++) {
      last = this.rowAfter(last);
      reward += discount * this.rewards[last];
      discount *= this.gamma;
    }
    batch.rewards[i] = reward;
    batch.discounts[i] = this.terminated[last] === 1 ? 0 : discount;
    copyRow(this.observations, row, batch.observations, i, observationSize);
    copyRow(this.nextObservations, last, batch.nextObservations, i, observationSize);
    copyRow(this.actions, row, batch.actions, i, actionSize);
  }

  /** Whether the row's episode goes on in a row that is at hand. */
  protected goesOn(row: number): boolean {
    if (this.terminated[row] === 1 || this.truncated[row] === 1) return false;
    const newest = (this.#added - 1) % this.slots;
    return Math.floor(row / this.count) !== newest;
  }

  /** The row of the same environment's next step. */
  protected rowAfter(row: number): number {
    const next = row + this.count;
    return next < this.slots * this.count ? next : next - this.slots * this.count;
  }
}

/** Copies one row of `width` numbers without making views of it. */
function copyRow(source: Float32Array, from: number, target: Float32Array, to: number, width: number): void {
  const start = from * width;
  const at = to * width;
  for (let k = 0; k < width; k++) target[at + k] = source[start + k];
}
