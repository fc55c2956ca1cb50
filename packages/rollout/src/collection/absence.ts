import { InputError } from '@understudy/errors';

/** Options of {@link Absence}. */
export interface AbsenceOptions {
  /** How long to go without any worker. */
  patienceSeconds: number;
  /** What to do then. */
  withoutWorkers: 'fail' | 'wait' | 'collect';
  /** When it aborts, there is no waiting any more. */
  signal?: AbortSignal;
  /** Told now and then how long it lasts. */
  tell(seconds: number): void;
}

/** What is to be done about the absence of workers. */
export type AbsenceMeasure = { do: 'wait' | 'collect' } | { do: 'fail'; reason: unknown };

/** Seconds until the first word about it, and between two. */
const toldAfter = 5;
const toldEvery = 30;
const now = (): number => performance.now() / 1000;

/** Keeps count of how long a learner has been without workers. */
export class Absence {
  readonly #options: AbsenceOptions;
  #since = now();
  #told = Number.NEGATIVE_INFINITY;

  constructor(options: AbsenceOptions) {
    this.#options = options;
  }

  /** The last worker has gone. */
  begin(): void {
    this.#since = now();
    this.#told = Number.NEGATIVE_INFINITY;
  }

  /** @param address - Where workers are awaited. */
  measure(address: string): AbsenceMeasure {
    const { patienceSeconds, withoutWorkers, signal, tell } = this.#options;
    if (signal?.aborted) return { do: 'fail', reason: signal.reason };
    const seconds = now() - this.#since;
    if (seconds >= Math.min(toldAfter, patienceSeconds) && seconds >= this.#told + toldEvery) {
      this.#told = seconds;
      tell(Math.round(seconds));
    }
    if (seconds < patienceSeconds) return { do: 'wait' };
    if (withoutWorkers !== 'fail') return { do: withoutWorkers };
    const sentence =
      `No worker was there at ${address} for ${patienceSeconds} s: start one by understudy worker --connect with this ` +
      'address, and go on with the run by --resume.';
    return { do: 'fail', reason: new InputError(sentence) };
  }
}
