import { makeVector } from '@understudy/envs';
import type { VectorEnv } from '@understudy/gym';
import { type AsyncRemoteVectorEnv, connect } from '@understudy/rollout';
import { prepareActions } from './bench-env.ts';
import { describeMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { type BenchHooks, median } from './rounds.ts';
import { ServerProcess } from './server-process.ts';

export interface BenchServeOptions {
  id: string;
  /** Environments of each client. */
  envs?: number;
  /** Clients that step at the same time. One steps synchronously, as algorithms do, unless `awaited`; more await their steps. */
  clients?: number;
  /** Whether one client awaits its steps too, as a program with an event loop does: two threads fewer to hand them through. */
  awaited?: boolean;
  /** Steps that one message asks for, with actions that don't depend on what is seen between; 1 unless told. */
  stepsPerMessage?: number;
  /** The server's `--workers`. */
  workers?: number;
  /** The server's `--threads`. */
  threads?: number;
  /** A Python interpreter with Gymnasium, to time its AsyncVectorEnv in alternation. */
  peers?: string;
  /** Seconds of one measurement; 1 unless told. */
  seconds?: number;
  /** Measurements of each; 12 unless told. */
  rounds?: number;
  /**
   * Seconds for which each warms up; 6 unless told. A message asks for a millisecond of physics, so it takes thousands of
   * milliseconds until the code around it has run often enough to be compiled.
   */
  warmUpSeconds?: number;
}

export interface BenchServeResult {
  id: string;
  envs: number;
  clients: number;
  awaited: boolean;
  stepsPerMessage: number;
  workers: number;
  threads: number;
  /** Environment steps a second over loopback TCP, all clients together. */
  stepsPerSecond: number;
  /** Round trips a second, all clients together. */
  messagesPerSecond: number;
  /** The same environments in this thread, one client's. */
  inProcess: number;
  /** Served over in-process, median of the rounds' own. */
  ofInProcess: number;
  /** Steps a second of Gymnasium's AsyncVectorEnv. */
  peer?: number;
  /** Served over the peer's. */
  ratio?: number;
  peerName?: string;
  machine: string;
}

/**
 * Times environments on a server in another process, beside the same in this thread and, if asked, Gymnasium's
 * subprocesses, in turn.
 *
 * @throws InputError when the id is unknown, or the peer can't run.
 */
export async function benchServe(options: BenchServeOptions, hooks: BenchHooks = {}): Promise<BenchServeResult> {
  const { id, envs = 16, clients = 1, stepsPerMessage = 1, workers = 0, threads = 0 } = options;
  const awaited = options.awaited === true || clients > 1 || stepsPerMessage > 1;
  const { seconds = 1, rounds = 12, warmUpSeconds = 6 } = options;
  const local = await makeVector(id, { count: envs, seed: 0 });
  const actions = prepareActions(local);
  const server = await ServerProcess.start({ id, workers, threads });
  const peer = options.peers ? await startPeer(options.peers, 'gym_async.py', [id, String(envs)]) : undefined;
  const served = await openClients(server.address, id, { envs, clients, awaited, stepsPerMessage });
  try {
    const measures: Measure[] = [
      (seconds) => served.measure(seconds, actions),
      async (seconds) => stepFor(seconds, local, actions),
    ];
    if (peer && !peer.absent) measures.push(async (seconds) => (await peer.measure({ seconds })).stepsPerSecond);
    const figures = await inTurn({ rounds, seconds, warmUpSeconds }, measures, hooks);
    const [ours, inProcess, theirs] = figures;
    const stepsPerSecond = median(ours);
    return {
      id,
      envs,
      clients,
      awaited,
      stepsPerMessage,
      workers,
      threads,
      stepsPerSecond,
      messagesPerSecond: stepsPerSecond / (envs * stepsPerMessage),
      inProcess: median(inProcess),
      ofInProcess: median(ours.map((figure, i) => figure / inProcess[i])),
      ...(theirs && { peer: median(theirs), ratio: median(ours.map((figure, i) => figure / theirs[i])) }),
      ...(peer && { peerName: peer.name }),
      machine: describeMachine(),
    };
  } finally {
    await served.close();
    peer?.close();
    server.close();
    local.close();
  }
}

interface Clients {
  measure(seconds: number, actions: readonly Float32Array[]): Promise<number>;
  close(): Promise<void>;
}

type ClientOptions = Required<Pick<BenchServeOptions, 'envs' | 'clients' | 'awaited' | 'stepsPerMessage'>>;

async function openClients(
  address: string,
  id: string,
  { envs: count, clients, awaited, stepsPerMessage }: ClientOptions,
): Promise<Clients> {
  const client = await connect(address);
  if (!awaited) {
    const env = await client.makeVector(id, { count, seed: 0 });
    return {
      measure: async (seconds, actions) => stepFor(seconds, env, actions),
      close: async () => {
        env.close();
        client.close();
      },
    };
  }
  const envs = await Promise.all(
    Array.from({ length: clients }, (_, i) => client.makeAsyncVector(id, { count, seed: i * count })),
  );
  const stepOne = stepsPerMessage === 1 ? stepAwaited : stepManyAwaited(stepsPerMessage);
  return {
    measure: async (seconds, actions) =>
      (await Promise.all(envs.map((env) => stepOne(seconds, env, actions)))).reduce((sum, rate) => sum + rate),
    close: async () => {
      await Promise.all(envs.map((env) => env.close()));
      client.close();
    },
  };
}

/** Environment steps a second. */
function stepFor(seconds: number, env: VectorEnv, actions: readonly Float32Array[]): number {
  const start = performance.now();
  let [calls, elapsed] = [0, 0];
  while (elapsed < 1000 * seconds) {
    for (let i = 0; i < 4; i++) env.step(actions[calls++ % actions.length]);
    elapsed = performance.now() - start;
  }
  return (1000 * calls * env.count) / elapsed;
}

async function stepAwaited(
  seconds: number,
  env: AsyncRemoteVectorEnv,
  actions: readonly Float32Array[],
): Promise<number> {
  const start = performance.now();
  let [calls, elapsed] = [0, 0];
  while (elapsed < 1000 * seconds) {
    await env.step(actions[calls++ % actions.length]);
    elapsed = performance.now() - start;
  }
  return (1000 * calls * env.count) / elapsed;
}

/** The same with several steps by one message. */
function stepManyAwaited(steps: number): typeof stepAwaited {
  return async (seconds, env, actions) => {
    const size = actions[0].length;
    const joined = new Float32Array(steps * size);
    for (let i = 0; i < steps; i++) joined.set(actions[i % actions.length], i * size);
    const start = performance.now();
    let [calls, elapsed] = [0, 0];
    for (; elapsed < 1000 * seconds; calls++) {
      await env.stepMany(joined, steps);
      elapsed = performance.now() - start;
    }
    return (1000 * calls * steps * env.count) / elapsed;
  };
}

/** Steps for so long. @returns Environment steps a second. */
type Measure = (seconds: number) => Promise<number>;

/** Measures one after the other, round by round, once each has warmed up. */
async function inTurn(
  { rounds, seconds, warmUpSeconds }: Required<Pick<BenchServeOptions, 'rounds' | 'seconds' | 'warmUpSeconds'>>,
  measures: readonly Measure[],
  hooks: BenchHooks,
): Promise<number[][]> {
  for (const measure of measures) {
    hooks.signal?.throwIfAborted();
    await measure(warmUpSeconds);
  }
  hooks.onProgress?.({ done: 1, total: rounds + 1 });
  const figures: number[][] = measures.map(() => []);
  for (let round = 0; round < rounds; round++) {
    hooks.signal?.throwIfAborted();
    for (const [i, measure] of measures.entries()) figures[i].push(await measure(seconds));
    hooks.onProgress?.({ done: round + 2, total: rounds + 1 });
  }
  return figures;
}
