import { connect } from '@understudy/rollout';
import { prepareActions } from './bench-env.ts';
import { describeMachine } from './machine.ts';
import type { BenchHooks } from './rounds.ts';
import { ServerProcess, type ServerProcessFigures } from './server-process.ts';

export interface BenchSoakOptions {
  id: string;
  /** Environment steps in all. */
  steps?: number;
  /** Environments of a session. */
  envs?: number;
  /** Sessions that are made, used and closed, one after the other. */
  sessions?: number;
  workers?: number;
}

/** Memory at one moment. */
export interface SoakSample {
  steps: number;
  /** Resident bytes of the server's process. */
  server: number;
  /** Resident bytes of the client's. */
  client: number;
}

export interface BenchSoakResult {
  id: string;
  steps: number;
  sessions: number;
  seconds: number;
  samples: SoakSample[];
  /** How much the server grew from a fifth of the way to the end, and the client: 1 is not at all. */
  serverGrowth: number;
  clientGrowth: number;
  /** What the server holds when all clients are gone. */
  left: ServerProcessFigures;
  /** Open handles of the client's process before and after. */
  clientHandles: [before: number, after: number];
  machine: string;
}

const handles = (): number => process.getActiveResourcesInfo().length;

/** Steps a served environment for long, over many sessions, and watches the memory of both ends. */
export async function benchSoak(options: BenchSoakOptions, hooks: BenchHooks = {}): Promise<BenchSoakResult> {
  const { id, steps = 10_000_000, envs = 256, sessions = 50, workers = 0 } = options;
  const server = await ServerProcess.start({ id, workers, threads: 0 });
  try {
    const client = await connect(server.address);
    const before = handles();
    const samples: SoakSample[] = [];
    const start = performance.now();
    let actions: Float32Array[] | undefined;
    const each = Math.ceil(steps / sessions / envs);
    let done = 0;
    for (let session = 0; session < sessions; session++) {
      hooks.signal?.throwIfAborted();
      const env = await client.makeVector(id, { count: envs, seed: session });
      actions ??= prepareActions(env);
      for (let step = 0; step < each; step++) env.step(actions[step % actions.length]);
      env.close();
      done += each * envs;
      samples.push({ steps: done, server: (await server.figures()).resident, client: process.memoryUsage().rss });
      hooks.onProgress?.({ done, total: sessions * each * envs });
    }
    const seconds = (performance.now() - start) / 1000;
    // Threads of closed environments end a moment later.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = handles();
    client.close();
    const left = await server.figures();
    const growth = (of: 'server' | 'client') => grown(samples.map((sample) => sample[of]));
    return {
      id,
      steps: done,
      sessions,
      seconds,
      samples,
      serverGrowth: growth('server'),
      clientGrowth: growth('client'),
      left,
      clientHandles: [before, after],
      machine: describeMachine(),
    };
  } finally {
    server.close();
  }
}

/** The mean of the last fifth over that of the second. */
function grown(values: readonly number[]): number {
  const fifth = Math.max(1, Math.floor(values.length / 5));
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  return mean(values.slice(-fifth)) / mean(values.slice(fifth, 2 * fifth));
}
