import type { WireArray } from '../protocol/arrays.ts';
import type { Arrays } from '../protocol/messages.ts';
import { InfoColumns } from './info-columns.ts';
import type { InfoTap } from './info-tap.ts';

const names = { info: 'info', flag: 'flag', has: 'has' };
const finalNames = { info: 'finalInfo', flag: 'finalFlag', has: 'finalHas' };

/** The infos of a session's steps on their way into an answer. */
export class StepInfos {
  readonly #taps: readonly InfoTap[];
  #columns: InfoColumns;
  #finals: InfoColumns;
  #room: number;
  #steps = 0;
  #ended = 0;

  constructor(taps: readonly InfoTap[]) {
    this.#taps = taps;
    this.#room = taps.length;
    this.#columns = new InfoColumns(this.#room);
    this.#finals = new InfoColumns(this.#room);
  }

  /** Begins an answer. @param steps - How many it will have. */
  begin(steps: number): void {
    this.#steps = 0;
    this.#ended = 0;
    if (steps * this.#taps.length > this.#room) {
      this.#room = steps * this.#taps.length;
      this.#columns = new InfoColumns(this.#room);
      this.#finals = new InfoColumns(this.#room);
    }
    this.#columns.clear();
    this.#finals.clear();
  }

  /** To be called before each step. */
  beforeStep(): void {
    for (const tap of this.#taps) tap.begin();
  }

  /** Takes down what the step told. */
  afterStep(): void {
    const first = this.#steps++ * this.#taps.length;
    for (const [i, { last, final }] of this.#taps.entries()) {
      this.#columns.put(first + i, last);
      if (final) this.#finals.put(this.#ended++, final);
    }
  }

  /** @param leading - The shape of the answer's rows. */
  arrays(leading: readonly number[]): Partial<Arrays<'stepped'>> {
    const arrays: Record<string, WireArray> = this.#columns.arrays(names, leading);
    if (this.#ended > 0) Object.assign(arrays, this.#finals.arrays(finalNames, [this.#ended]));
    return arrays as Partial<Arrays<'stepped'>>;
  }
}
