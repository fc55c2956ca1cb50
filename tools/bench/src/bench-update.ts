import { InputError } from '@understudy/errors';
import { benchmarkCases } from '@understudy/kernels/benchmark';
import { describeMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { alternate, type BenchHooks, median } from './rounds.ts';

export interface BenchUpdateOptions {
  /** Names of the cases to time; all of them by default. */
  cases?: readonly string[];
  /** A Python interpreter with PyTorch, to time the same cases in alternation. */
  peers?: string;
  /** Seconds of one round of one case. */
  seconds?: number;
  /** Rounds of each case. */
  rounds?: number;
}

export interface BenchUpdateResult {
  case: string;
  /** Median time of one repetition. */
  milliseconds: number;
  /** The same of PyTorch eager on one thread. */
  peer?: number;
  /** Our time over the peer's: below 1 is faster. */
  ratio?: number;
  peerName?: string;
  machine: string;
}

/**
 * Times the update and inference cases of `@understudy/kernels/benchmark`, beside PyTorch eager on one thread if asked.
 *
 * @throws InputError when a case is unknown or the peer can't run.
 */
export async function benchUpdate(
  options: BenchUpdateOptions = {},
  hooks: BenchHooks = {},
): Promise<BenchUpdateResult[]> {
  const { seconds = 0.5, rounds = 5 } = options;
  const chosen = chooseCases(options.cases);
  const peer = options.peers ? await startPeer(options.peers, 'torch_update.py', ['1']) : undefined;
  try {
    const results: BenchUpdateResult[] = [];
    for (const { name, setup } of chosen) {
      const work = setup();
      const paired = await alternate(
        rounds,
        () => medianMilliseconds(work, seconds),
        peer && (async () => (await peer.measure({ case: name, seconds })).milliseconds),
        { signal: hooks.signal },
      );
      const { ours, ratio } = paired;
      const beside = peer ? { peer: paired.peer, ratio, peerName: peer.name } : {};
      results.push({ case: name, milliseconds: ours, ...beside, machine: describeMachine() });
      hooks.onProgress?.({ done: results.length, total: chosen.length });
    }
    return results;
  } finally {
    peer?.close();
  }
}

function chooseCases(names: readonly string[] | undefined) {
  if (!names) return benchmarkCases;
  return names.map((name) => {
    const found = benchmarkCases.find((candidate) => candidate.name === name);
    if (found) return found;
    const known = benchmarkCases.map((candidate) => candidate.name).join(', ');
    throw new InputError(`There is no benchmark case "${name}": choose from ${known}.`);
  });
}

/** Median of single repetitions, at least five of them. */
function medianMilliseconds(work: () => void, seconds: number): number {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length < 5 || performance.now() < end) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  return median(times);
}
