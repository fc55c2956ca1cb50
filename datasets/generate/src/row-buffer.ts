import type { SegmentLayout, SegmentRows } from './segment.ts';

/** Columns that grow row by row: one row's parts are put by name, and `next` begins the following one. */
export class RowBuffer {
  readonly #layout: SegmentLayout;
  readonly #widths = new Map<string, number>();
  readonly #columns = new Map<string, Float32Array>();
  #rewards: Float32Array;
  #terminals: Uint8Array;
  #timeouts: Uint8Array;
  #capacity: number;
  #count = 0;

  /** @param capacity - Rows to make room for at first. */
  constructor(layout: SegmentLayout, capacity = 1024) {
    this.#layout = layout;
    this.#capacity = capacity;
    this.#widths.set('observations', layout.observationSize);
    this.#widths.set('actions', layout.actionSize);
    if (layout.nextObservations) this.#widths.set('nextObservations', layout.observationSize);
    for (const [name, { shape }] of Object.entries(layout.infos)) {
      this.#widths.set(
        `infos/${name}`,
        shape.reduce((product, size) => product * size, 1),
      );
    }
    for (const [name, width] of this.#widths) this.#columns.set(name, new Float32Array(capacity * width));
    this.#rewards = new Float32Array(capacity);
    this.#terminals = new Uint8Array(capacity);
    this.#timeouts = new Uint8Array(capacity);
  }

  /** Finished rows. */
  get count(): number {
    return this.#count;
  }

  /** Writes a part of the row under way: `observations`, `actions`, `infos/...`. */
  put(name: string, values: ArrayLike<number>): void {
    this.#columns.get(name)!.set(values, this.#count * this.#widths.get(name)!);
  }

  /** Finishes the row. @param nextObservation - Kept where the layout has next observations. */
  next(reward: number, terminal: boolean, timeout: boolean, nextObservation: ArrayLike<number>): void {
    if (this.#layout.nextObservations) this.put('nextObservations', nextObservation);
    this.#rewards[this.#count] = reward;
    this.#terminals[this.#count] = terminal ? 1 : 0;
    this.#timeouts[this.#count] = timeout ? 1 : 0;
    this.#count++;
    if (this.#count === this.#capacity) this.#grow();
  }

  /** The finished rows, as views of the buffer's arrays. */
  take(): SegmentRows {
    const count = this.#count;
    const column = (name: string) => this.#columns.get(name)!.subarray(0, count * this.#widths.get(name)!);
    return {
      observations: column('observations'),
      actions: column('actions'),
      rewards: this.#rewards.subarray(0, count),
      terminals: this.#terminals.subarray(0, count),
      timeouts: this.#timeouts.subarray(0, count),
      ...(this.#layout.nextObservations && { nextObservations: column('nextObservations') }),
      infos: Object.fromEntries(Object.keys(this.#layout.infos).map((name) => [name, column(`infos/${name}`)])),
    };
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [name, width] of this.#widths) {
      this.#columns.set(name, doubled(this.#columns.get(name)!, new Float32Array(this.#capacity * width)));
    }
    this.#rewards = doubled(this.#rewards, new Float32Array(this.#capacity));
    this.#terminals = doubled(this.#terminals, new Uint8Array(this.#capacity));
    this.#timeouts = doubled(this.#timeouts, new Uint8Array(this.#capacity));
  }
}

function doubled<T extends Float32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
