import { defaultRng } from '@understudy/random';

/** A fault that begins when so much is done. */
export interface Fault<K extends string> {
  /** Steps, or other units of work, that are done before. */
  readonly after: number;
  readonly kind: K;
  readonly milliseconds: number;
}

/** Options of {@link drawSchedule}. */
export interface ScheduleOptions<K extends string> {
  readonly kinds: readonly K[];
  /** How much work there is. */
  readonly work: number;
  /** How many faults. */
  readonly faults: number;
  /** The longest a fault lasts; 400 unless told. */
  readonly maxMilliseconds?: number;
}

/** Faults at random times; the same seed gives the same. */
export function drawSchedule<K extends string>(seed: number, options: ScheduleOptions<K>): Fault<K>[] {
  const { kinds, work, faults, maxMilliseconds = 400 } = options;
  const random = defaultRng(seed);
  return Array.from({ length: faults }, () => ({
    after: random.integers(1, work),
    kind: kinds[random.integers(0, kinds.length)],
    milliseconds: random.integers(20, maxMilliseconds),
  })).sort((a, b) => a.after - b.after);
}

/** Times from a fault's beginning to the next thing done after it. */
export class RecoveryTimes<K extends string> {
  readonly #times: { kind: K; seconds: number }[] = [];
  #open: { kind: K; at: number }[] = [];

  begin(kind: K): void {
    this.#open.push({ kind, at: performance.now() });
  }

  /** Something that was asked for at `askedAt` is done. */
  done(askedAt: number): void {
    const now = performance.now();
    this.#open = this.#open.filter(({ kind, at }) => {
      if (at > askedAt) return true;
      this.#times.push({ kind, seconds: (now - at) / 1000 });
      return false;
    });
  }

  add({ times }: { times: readonly { kind: K; seconds: number }[] }): void {
    this.#times.push(...times);
  }

  get times(): readonly { kind: K; seconds: number }[] {
    return this.#times;
  }

  /** `all 40: p50 0.12 s, max 1.30 s; cut 7: ...` */
  describe(): string {
    const groups = new Map<string, number[]>([['all', this.#times.map(({ seconds }) => seconds)]]);
    for (const { kind, seconds } of this.#times) groups.set(kind, [...(groups.get(kind) ?? []), seconds]);
    return [...groups].map(([kind, seconds]) => `${kind} ${seconds.length}: ${describeTimes(seconds)}`).join('; ');
  }
}

function describeTimes(seconds: number[]): string {
  if (seconds.length === 0) return 'none';
  const sorted = [...seconds].sort((a, b) => a - b);
  return `p50 ${sorted[sorted.length >> 1].toFixed(2)} s, max ${sorted.at(-1)!.toFixed(2)} s`;
}
