import { InputError } from '@understudy/errors';
import { type KernelEngine, kernelEngines, kernelStatus, type ServingEngine } from '@understudy/kernels';
import { type BenchmarkCase, benchmarkCases } from '@understudy/kernels/benchmark';
import { yieldToEvents } from '@understudy/training';
import { describeMachine } from './machine.ts';
import { type Peer, startPeer } from './peer.ts';
import { type BenchHooks, median } from './rounds.ts';

export interface BenchUpdateOptions {
  /** Names of the cases to time; by default all that don't take long. */
  cases?: readonly string[];
  /** The kernels to time; by default WebAssembly and, where the addon is there, native ones in turn. */
  kernels?: KernelEngine;
  /** A Python interpreter with PyTorch, to time the same cases in alternation. */
  peers?: string;
  /** Seconds of one round of one case. */
  seconds?: number;
  /** Rounds of each case. */
  rounds?: number;
}

export interface BenchUpdateResult {
  case: string;
  /** What computed: `wasm`, or `native` with its instruction set. */
  kernels: string;
  /** Median processor time of one repetition. */
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
 * @returns One result for each case and each of the kernels, in this order.
 * @throws InputError when a case or the kernels are unknown, or the peer or the kernels can't run.
 */
export async function benchUpdate(
  options: BenchUpdateOptions = {},
  hooks: BenchHooks = {},
): Promise<BenchUpdateResult[]> {
  const { seconds = 0.25, rounds = 5 } = options;
  const chosen = chooseCases(options.cases);
  const engines = chooseEngines(options.kernels);
  const peer = options.peers ? await startPeer(options.peers, 'torch_update.py', ['1']) : undefined;
  try {
    const results: BenchUpdateResult[] = [];
    for (const [index, benchmarkCase] of chosen.entries()) {
      results.push(...(await timeCase(benchmarkCase, engines, peer, { seconds, rounds, signal: hooks.signal })));
      hooks.onProgress?.({ done: index + 1, total: chosen.length });
    }
    return results;
  } finally {
    peer?.close();
  }
}

interface Timing {
  seconds: number;
  rounds: number;
  signal?: AbortSignal;
}

/** Rounds of every engine and the peer in turn, so that all meet the same machine; one more warms up. */
async function timeCase(
  { name, setup }: BenchmarkCase,
  engines: readonly ServingEngine[],
  peer: Peer | undefined,
  { seconds, rounds, signal }: Timing,
): Promise<BenchUpdateResult[]> {
  const works = engines.map((engine) => setup(engine));
  const ours: number[][] = engines.map(() => []);
  const peers: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const times: number[] = [];
    for (const work of works) {
      await yieldToEvents();
      signal?.throwIfAborted();
      times.push(medianMilliseconds(work, seconds));
    }
    const other = (await peer?.measure({ case: name, seconds }))?.milliseconds;
    if (round === 0) continue;
    times.forEach((time, i) => {
      ours[i].push(time);
    });
    if (other !== undefined) peers.push(other);
  }
  return engines.map((engine, i) => ({
    case: name,
    kernels: engine === 'native' ? `native ${kernelStatus().instructionSet}` : engine,
    milliseconds: median(ours[i]),
    ...(peer && { peer: median(peers), ratio: median(ours[i].map((own, k) => own / peers[k])), peerName: peer.name }),
    machine: describeMachine(),
  }));
}

function chooseCases(names: readonly string[] | undefined): readonly BenchmarkCase[] {
  if (!names) return benchmarkCases.filter(({ long }) => !long);
  return names.map((name) => {
    const found = benchmarkCases.find((candidate) => candidate.name === name);
    if (found) return found;
    const known = benchmarkCases.map((candidate) => candidate.name).join(', ');
    throw new InputError(`There is no benchmark case "${name}": choose from ${known}.`);
  });
}

function chooseEngines(kernels: KernelEngine | undefined): ServingEngine[] {
  const { instructionSet, reason, fusedReason } = kernelStatus();
  const missing: Partial<Record<KernelEngine, string | undefined>> = {
    native: instructionSet === undefined ? reason : undefined,
    'wasm-fused': fusedReason,
  };
  const present = (['wasm', 'wasm-fused', 'native'] as const).filter((engine) => missing[engine] === undefined);
  if (kernels === undefined) return present;
  if (!kernelEngines.includes(kernels)) {
    throw new InputError(`There are no kernels called "${kernels}": use one of ${kernelEngines.join(', ')}.`);
  }
  if (missing[kernels] !== undefined) {
    throw new InputError(`The ${kernels} kernels can't be timed: ${missing[kernels]}; use wasm.`);
  }
  if (kernels !== 'auto') return [kernels];
  // The last is the best, but for an addon without vectors.
  return [present.filter((engine) => engine !== 'native' || instructionSet !== 'scalar').at(-1)!];
}

/**
 * Processor time of one repetition, which for work of one thread is its duration on an idle machine and depends less on
 * what else a busy one does: the median of at least three runs of about a millisecond or more.
 */
function medianMilliseconds(work: () => void, seconds: number): number {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  let repetitions = 1;
  while (times.length < 3 || performance.now() < end) {
    const start = process.cpuUsage();
    for (let i = 0; i < repetitions; i++) work();
    const { user, system } = process.cpuUsage(start);
    const milliseconds = (user + system) / 1000;
    if (milliseconds < 1) repetitions *= 2;
    else times.push(milliseconds / repetitions);
  }
  return median(times);
}
