import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import type { D4rlFile } from '../d4rl-file.ts';
import { timeoutsByLength } from '../episodes.ts';
import { drawableRows, type TransitionOptions } from './drawable-rows.ts';
import { createOfflineBatch, type OfflineBatch } from './transition-batch.ts';

/** Options of {@link FileSampler}. */
export interface FileSamplerOptions extends TransitionOptions {
  /** Default 0. */
  readonly seed?: number;
  /** What observations and actions in memory may take, bytes; default 2^28. */
  readonly memoryBytes?: number;
}

/** Rows that are in memory. */
interface Block {
  readonly start: number;
  /** `[rows, width]`; with next observations of the following rows one row more. */
  readonly observations: Float32Array;
  readonly next: Float32Array | undefined;
  readonly actions: Float32Array;
}

const DEFAULT_MEMORY_BYTES = 2 ** 28;
const BLOCK_BYTES = 2 ** 22;
const FLAG_ROWS = 2 ** 18;

/**
 * Draws batches of transitions from a file that may be larger than memory.
 *
 * Where everything fits, each row is as likely as any other in each draw. Elsewhere some blocks of rows are in memory:
 * draws are uniform over those, and one block after another makes room for the next one in a random order of all blocks.
 * Over an epoch (as many draws as there are rows) each row is drawn once on average, as it would be otherwise, and the
 * file is read once.
 */
export class FileSampler {
  /** Rows that can be drawn. */
  readonly count: number;
  /** Whether all rows are in memory, so that draws are exactly uniform. */
  readonly whole: boolean;
  readonly #file: D4rlFile;
  readonly #rewards: Float32Array;
  readonly #terminals: Uint8Array;
  /** Rows that can be drawn, in order. */
  readonly #rows: Uint32Array;
  /** Where each block's rows begin in {@link #rows}, one more than there are blocks. */
  readonly #firsts: Uint32Array;
  readonly #blockRows: number;
  readonly #slots: number;
  readonly #stored: boolean;
  readonly #generator: ReturnType<typeof defaultRng>;
  /** Blocks in memory, the oldest one first. */
  readonly #resident: { readonly number: number; readonly block: Block }[] = [];
  /** Rows that can be drawn from the blocks in memory, up to and with each. */
  #upTo: number[] = [];
  /** Numbers of blocks still to come in this epoch. */
  #order: number[] = [];
  #drawsLeft = 0;

  private constructor(
    file: D4rlFile,
    flags: { rewards: Float32Array; terminals: Uint8Array; rows: Uint32Array },
    options: FileSamplerOptions,
  ) {
    const { seed = 0, memoryBytes = DEFAULT_MEMORY_BYTES, nextObservations } = options;
    this.#file = file;
    this.#rewards = flags.rewards;
    this.#terminals = flags.terminals;
    this.#rows = flags.rows;
    this.count = flags.rows.length;
    this.#stored = nextObservations === 'stored';
    this.#generator = defaultRng(seed);
    const rowBytes = 4 * (file.observationSize * (this.#stored ? 2 : 1) + file.actionSize);
    const chunkRows = file.columns.get('observations')?.chunks?.[0] ?? 1;
    // Blocks begin where chunks do, so that no chunk is unpacked for two of them.
    const most = Math.min(BLOCK_BYTES, memoryBytes / 4);
    this.#blockRows = Math.max(1, Math.floor(most / rowBytes / chunkRows)) * chunkRows;
    const blocks = Math.ceil(file.transitions / this.#blockRows);
    this.#slots = Math.max(1, Math.floor(memoryBytes / (this.#blockRows * rowBytes)));
    this.whole = this.#slots >= blocks;
    this.#firsts = firstsOf(flags.rows, this.#blockRows, blocks);
  }

  /**
   * @param file - Stays the caller's to close.
   * @throws InputError when no row can be drawn, or stored next observations are asked for and there are none.
   */
  static async create(file: D4rlFile, options: FileSamplerOptions = {}): Promise<FileSampler> {
    const { memoryBytes = DEFAULT_MEMORY_BYTES, nextObservations, maxEpisodeSteps } = options;
    if (!(memoryBytes > 0)) throw new InputError(`memoryBytes is ${memoryBytes}, so give a number above 0.`);
    if (nextObservations === 'stored' && !file.columns.has('next_observations')) {
      throw new InputError(`${file.path} stores no next observations, so use those of the following rows.`);
    }
    const { transitions } = file;
    const timeoutsStored = file.columns.has('timeouts');
    const rewards = new Float32Array(transitions);
    const terminals = new Uint8Array(transitions);
    let timeouts = new Uint8Array(timeoutsStored ? transitions : 0);
    for (let start = 0; start < transitions; start += FLAG_ROWS) {
      const stop = Math.min(transitions, start + FLAG_ROWS);
      rewards.set(await file.readFloats('rewards', start, stop), start);
      terminals.set(await file.readFlags('terminals', start, stop), start);
      if (timeoutsStored) timeouts.set(await file.readFlags('timeouts', start, stop), start);
    }
    if (!timeoutsStored) timeouts = timeoutsByLength(terminals, maxEpisodeSteps) as Uint8Array<ArrayBuffer>;
    const rows = drawableRows({ transitions, terminals, timeouts, timeoutsStored }, options);
    return new FileSampler(file, { rewards, terminals, rows }, options);
  }

  /** A batch for {@link sample} to fill. */
  createBatch(size: number): OfflineBatch {
    return createOfflineBatch(size, this.#file.observationSize, this.#file.actionSize);
  }

  /** Fills a batch with transitions drawn with replacement. @throws InputError when the file is damaged. */
  async sample(batch: OfflineBatch): Promise<void> {
    for (let i = 0; i < batch.size; i++) {
      if (this.#drawsLeft === 0) await this.#turn();
      if (!this.whole) this.#drawsLeft--;
      this.#draw(batch, i);
    }
  }

  #draw(batch: OfflineBatch, i: number): void {
    const choice = this.#generator.integers(this.#upTo[this.#upTo.length - 1]);
    let place = 0;
    while (choice >= this.#upTo[place]) place++;
    const resident = this.#resident[place];
    const inBlock = choice - (place === 0 ? 0 : this.#upTo[place - 1]);
    const { observations, next, actions, start } = resident.block;
    const row = this.#rows[this.#firsts[resident.number] + inBlock];
    const { observationSize: width, actionSize } = this.#file;
    const from = (row - start) * width;
    batch.rows[i] = row;
    batch.rewards[i] = this.#rewards[row];
    batch.terminals[i] = this.#terminals[row];
    for (let k = 0; k < width; k++) {
      batch.observations[i * width + k] = observations[from + k];
      batch.nextObservations[i * width + k] = next ? next[from + k] : observations[from + width + k];
    }
    for (let k = 0; k < actionSize; k++) batch.actions[i * actionSize + k] = actions[(row - start) * actionSize + k];
  }

  /** Fills the memory, or lets the next block in for the oldest one. */
  async #turn(): Promise<void> {
    const numbers = this.#numbers();
    const wanted = Math.min(this.#slots, numbers.length);
    if (this.#resident.length === wanted) this.#resident.shift();
    while (this.#resident.length < wanted) {
      const number = this.#nextNumber(numbers);
      this.#resident.push({ number, block: await this.#read(number) });
    }
    let rows = 0;
    this.#upTo = this.#resident.map(({ number }) => {
      rows += this.#sizeOf(number);
      return rows;
    });
    // A block stays for as many turns as there are slots, and each of its rows is drawn once in them on average.
    this.#drawsLeft = this.whole ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(rows / wanted));
  }

  /** Blocks that have rows to draw. */
  #numbers(): number[] {
    const all = Array.from({ length: this.#firsts.length - 1 }, (_, number) => number);
    return all.filter((number) => this.#sizeOf(number) > 0);
  }

  /** The next block of a random order of all; not one that is there. */
  #nextNumber(numbers: readonly number[]): number {
    for (;;) {
      if (this.#order.length === 0) {
        this.#order = [...numbers];
        this.#generator.shuffle(this.#order);
      }
      const there = new Set(this.#resident.map(({ number }) => number));
      const at = this.#order.findIndex((number) => !there.has(number));
      if (at >= 0) return this.#order.splice(at, 1)[0];
      this.#order = [];
    }
  }

  async #read(number: number): Promise<Block> {
    const { transitions } = this.#file;
    const start = number * this.#blockRows;
    const stop = Math.min(transitions, start + this.#blockRows);
    const floats = async (name: string, to: number) => {
      const read = await this.#file.readFloats(name, start, to);
      return read instanceof Float32Array ? read : Float32Array.from(read);
    };
    return {
      start,
      observations: await floats('observations', this.#stored ? stop : Math.min(transitions, stop + 1)),
      next: this.#stored ? await floats('next_observations', stop) : undefined,
      actions: await floats('actions', stop),
    };
  }

  #sizeOf(number: number): number {
    return this.#firsts[number + 1] - this.#firsts[number];
  }
}

/** Places in `rows`, which are in order, where the blocks begin. */
function firstsOf(rows: Uint32Array, blockRows: number, blocks: number): Uint32Array {
  const firsts = new Uint32Array(blocks + 1);
  let at = 0;
  for (let block = 0; block <= blocks; block++) {
    while (at < rows.length && rows[at] < block * blockRows) at++;
    firsts[block] = at;
  }
  return firsts;
}
