import {
  type Attributes,
  elementBytes,
  type GrowingDataset,
  type Hdf5Writer,
  type StoredType,
} from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { rewardAttributes } from './reward-attributes.ts';

/** The columns of an episode written in pieces, by name (`observations`, `infos/qpos` ...). */
export type EpisodeSteps = Readonly<Record<string, { readonly dtype: StoredType; readonly shape: readonly number[] }>>;

/** Writes one episode in pieces of any length; see {@link MinariWriter.begin}. */
export class EpisodeWriter {
  readonly #file: Hdf5Writer;
  readonly #group: string;
  readonly #columns = new Map<string, { dataset: GrowingDataset; dtype: StoredType; width: number; rows: number }>();
  readonly #done: (steps: number, rewards: Attributes) => void;
  #sum = 0;
  #mean = 0;
  #squares = 0;
  #max = Number.NEGATIVE_INFINITY;
  #min = Number.POSITIVE_INFINITY;
  #steps = 0;

  constructor(
    file: Hdf5Writer,
    group: string,
    columns: EpisodeSteps,
    done: (steps: number, rewards: Attributes) => void,
  ) {
    this.#file = file;
    this.#group = group;
    this.#done = done;
    for (const [name, { dtype, shape }] of Object.entries(columns)) {
      const width = shape.reduce((product, n) => product * n, 1);
      if (width === 0) throw new InputError(`"${name}" has the shape [${shape}], so give at least one number a row.`);
      const dataset = file.createRows(`${group}/${name}`, dtype, shape);
      this.#columns.set(name, { dataset, dtype, width, rows: 0 });
    }
  }

  /** Steps so far, counted by rewards. */
  get steps(): number {
    return this.#steps;
  }

  /** @param data - Whole rows in the column's own type. */
  append(name: string, data: ArrayBufferView & { readonly length: number }): void {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`There is no column ${name}.`);
    if (data.length % column.width !== 0 || data.byteLength !== data.length * elementBytes[column.dtype]) {
      throw new Error(`${name} was given ${data.byteLength} bytes, which are no rows of ${column.dtype}.`);
    }
    column.dataset.append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    column.rows += data.length / column.width;
    if (name === 'rewards') this.#count(data as unknown as ArrayLike<number | bigint>);
  }

  /** @throws InputError when the columns' lengths do not fit each other. */
  end(): void {
    for (const [name, { rows }] of this.#columns) {
      const withFinal = name === 'observations' || name.startsWith('observations/') || name.startsWith('infos/');
      const expected = this.#steps + (withFinal ? 1 : 0);
      if (rows !== expected || this.#steps === 0) {
        throw new InputError(`"${name}" has ${rows} rows where ${expected} were expected for ${this.#steps} steps.`);
      }
    }
    for (const name of this.#columns.keys()) this.#file.finishRows(`${this.#group}/${name}`);
    const std = Math.sqrt(this.#squares / this.#steps);
    const rewards = { sum: this.#sum, mean: this.#mean, std, max: this.#max, min: this.#min };
    this.#done(this.#steps, rewardAttributes(rewards));
  }

  /** Welford's running mean and sum of squared distances from it. */
  #count(rewards: ArrayLike<number | bigint>): void {
    for (let i = 0; i < rewards.length; i++) {
      const reward = Number(rewards[i]);
      this.#steps++;
      this.#sum += reward;
      const distance = reward - this.#mean;
      this.#mean += distance / this.#steps;
      this.#squares += distance * (reward - this.#mean);
      if (reward > this.#max) this.#max = reward;
      if (reward < this.#min) this.#min = reward;
    }
  }
}
