import { InputError } from '@understudy/errors';
import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';
import type { ViewSource } from '../final-steps.ts';
import { drawableRows, type TransitionOptions } from './drawable-rows.ts';
import { createOfflineBatch, type OfflineBatch } from './transition-batch.ts';

/** Options of {@link TransitionSampler}. */
export interface TransitionSamplerOptions extends TransitionOptions {
  /** A seed, or a generator to share with others; default 0. */
  readonly seed?: number | Generator;
}

/** Draws batches of transitions from a dataset in memory, each row as likely as any other, copying only what it draws. */
export class TransitionSampler {
  /** Rows that can be drawn, in order. */
  readonly rows: Uint32Array;
  readonly #dataset: ViewSource;
  readonly #next: ViewSource['observations'] | undefined;
  readonly #generator: Generator;
  #draws = new Int32Array(0);

  /** @throws InputError when no row can be drawn, or stored next observations are asked for and there are none. */
  constructor(dataset: ViewSource, options: TransitionSamplerOptions = {}) {
    const { seed = 0, nextObservations } = options;
    if (nextObservations === 'stored' && dataset.nextObservations === undefined) {
      throw new InputError('The dataset stores no next observations, so use those of the following rows.');
    }
    this.rows = drawableRows(dataset, options);
    this.#dataset = dataset;
    this.#next = nextObservations === 'stored' ? dataset.nextObservations : undefined;
    this.#generator = typeof seed === 'number' ? defaultRng(seed) : seed;
  }

  /** A batch for {@link sample} to fill. */
  createBatch(size: number): OfflineBatch {
    return createOfflineBatch(size, this.#dataset.observationSize, this.#dataset.actionSize);
  }

  /** Fills a batch with transitions drawn with replacement. */
  sample(batch: OfflineBatch): void {
    if (this.#draws.length !== batch.size) this.#draws = new Int32Array(batch.size);
    this.#generator.fillIntegers(this.#draws, this.rows.length);
    const { observationSize: width, actionSize, observations, actions, rewards, terminals } = this.#dataset;
    const draws = this.#draws;
    const drawable = this.rows;
    const next = this.#next ?? observations;
    // The following row's observation lies right behind.
    const ahead = this.#next ? 0 : width;
    const { rows, observations: seen, nextObservations, actions: acted } = batch;
    for (let i = 0; i < draws.length; i++) {
      const row = drawable[draws[i]];
      rows[i] = row;
      batch.rewards[i] = rewards[row];
      batch.terminals[i] = terminals[row] === 0 ? 0 : 1;
      const from = row * width;
      const to = i * width;
      for (let k = 0; k < width; k++) seen[to + k] = observations[from + k];
      for (let k = 0; k < width; k++) nextObservations[to + k] = next[from + ahead + k];
      for (let k = 0, a = row * actionSize, b = i * actionSize; k < actionSize; k++) acted[b + k] = actions[a + k];
    }
  }

  /** What a sampler needs to go on from here. */
  getState(): GeneratorState {
    return this.#generator.getState();
  }

  /** Goes on from {@link getState}. @throws InputError when it is no such state. */
  setState(state: GeneratorState): void {
    this.#generator.setState(state);
  }
}
