import { yieldToEvents } from '@understudy/training';

/** What a caller of a benchmark may bring: whom to tell, when to stop. */
export interface BenchHooks {
  /** Called after each piece of work: a round, a case, or an iteration of a training. */
  onProgress?(progress: { done: number; total: number }): void;
  /** When it aborts, the benchmark throws the signal's reason at its next look. */
  signal?: AbortSignal;
}

/** Figures of one benchmark: ours, and the peer's when one was measured in alternation. */
export interface Paired {
  /** Median over the rounds. */
  ours: number;
  /** Median over the rounds. */
  peer?: number;
  /** Median of the rounds' own ratios ours / peer, which a drifting machine disturbs least. */
  ratio?: number;
}

/**
 * Measures ours and the peer in turn, A B A B ..., so that both meet the same machine.
 *
 * @param rounds - Counted rounds of each; one more of each warms up and is thrown away.
 */
export async function alternate(
  rounds: number,
  measureOurs: () => Promise<number> | number,
  measurePeer?: () => Promise<number>,
  hooks: BenchHooks = {},
): Promise<Paired> {
  const ours: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    await yieldToEvents();
    hooks.signal?.throwIfAborted();
    const own = await measureOurs();
    const other = await measurePeer?.();
    hooks.onProgress?.({ done: round + 1, total: rounds + 1 });
    if (round === 0) continue;
    ours.push(own);
    if (other !== undefined) peers.push(other);
  }
  if (!measurePeer) return { ours: median(ours) };
  return { ours: median(ours), peer: median(peers), ratio: median(ours.map((own, i) => own / peers[i])) };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What `work` gives, or the signal's reason as soon as it aborts. */
export async function untilAborted<Result>(work: Promise<Result>, signal?: AbortSignal): Promise<Result> {
  if (!signal) return work;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
