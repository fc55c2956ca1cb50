import { make } from '@understudy/envs';
import { EnvironmentServer } from '@understudy/rollout';

/** What a server in a process of its own is started with, as its one argument in JSON. */
export interface ServeProcessOptions {
  id: string;
  workers: number;
  threads: number;
}

/** What it tells: where it listens; and, whenever it is asked by any message, what it holds. */
export type ServeProcessMessage =
  | { address: string }
  | { resident: number; heap: number; sessions: number; environments: number; peers: number; handles: number };

const { id, workers, threads }: ServeProcessOptions = JSON.parse(process.argv[2]);
const server = await EnvironmentServer.start({
  address: 'tcp://127.0.0.1:*',
  environments: [{ id }],
  ...(workers > 0 ? { module: import.meta.resolve('@understudy/envs') } : { make }),
  workers,
  threadsPerSession: threads,
  maxSessions: 1024,
  maxEnvironments: 2 ** 20,
});

const tell = (message: ServeProcessMessage) => process.send!(message);

process.on('message', () => {
  // What is only waiting to be collected is no growth.
  globalThis.gc?.();
  const { rss: resident, heapUsed: heap } = process.memoryUsage();
  const { sessions, environments, peers } = server.figures;
  tell({ resident, heap, sessions, environments, peers, handles: process.getActiveResourcesInfo().length });
});
process.on('disconnect', () => void server.close());
tell({ address: server.address });
