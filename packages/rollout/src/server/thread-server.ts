import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.ts';
import { type ErrorBody, errorFromBody } from '../protocol/protocol-error.ts';
import type { ServerFigures } from './environment-server.ts';
import type { EnvironmentServerOptions } from './server-options.ts';

/** What a server in a thread takes: plain data only. */
export type ServerThreadOptions = Omit<EnvironmentServerOptions, 'make' | 'log' | 'onSocket'>;

export type ServerThreadCall = { kind: 'figures' } | { kind: 'drain'; seconds: number };

export type ServerThreadAnswer = { address: string } | { figures: ServerFigures } | { error: ErrorBody };

/** A server of environments in a thread of this process, so that this thread may block in steps. */
export class ThreadServer {
  readonly #worker: Worker;
  /** The address that was bound. */
  readonly address: string;

  private constructor(worker: Worker, address: string) {
    this.#worker = worker;
    this.address = address;
  }

  /**
   * Starts the thread and its server. It doesn't keep the process alive.
   *
   * @throws InputError as `EnvironmentServer.start` does.
   */
  static async start(options: ServerThreadOptions): Promise<ThreadServer> {
    const file = builtFile(import.meta.url, 'server/server-thread.js');
    const worker = new Worker(file, { workerData: options, execArgv: [] });
    const ended = once(worker, 'exit').then(([code]): never => {
      throw new Error(`A server's thread ended with code ${code} as it began.`);
    });
    const [answer] = (await Promise.race([once(worker, 'message'), ended])) as [ServerThreadAnswer];
    ended.catch(() => {});
    if ('address' in answer) {
      worker.unref();
      return new ThreadServer(worker, answer.address);
    }
    await worker.terminate();
    throw 'error' in answer ? errorFromBody(answer.error) : new Error('A server thread answered without an address.');
  }

  /** What the server has done and holds. */
  async figures(): Promise<ServerFigures> {
    this.#worker.postMessage({ kind: 'figures' } satisfies ServerThreadCall);
    const [answer] = (await once(this.#worker, 'message')) as [{ figures: ServerFigures }];
    return answer.figures;
  }

  /** Ends service as `EnvironmentServer.drain` does. */
  async stop({ seconds = 5 }: { seconds?: number } = {}): Promise<void> {
    const ended = once(this.#worker, 'exit');
    this.#worker.postMessage({ kind: 'drain', seconds } satisfies ServerThreadCall);
    const late = setTimeout(() => void this.#worker.terminate(), 1000 * (seconds + 5));
    await ended;
    clearTimeout(late);
  }
}
