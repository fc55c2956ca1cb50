import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.ts';
import { type ErrorBody, errorFromBody } from '../protocol/protocol-error.ts';
import type { ServerFigures } from './environment-server.ts';
import type { EnvironmentServerOptions } from './server-options.ts';

/** What a server's thread is started with. */
export interface ServerThreadSetup {
  readonly options: ServerThreadOptions;
  /** One word, raised when the thread has let go of its socket. */
  readonly ended: SharedArrayBuffer;
}

/** How long the end of the process may wait for a server that nobody stopped, in milliseconds. */
const END_WAIT = 1_000;

/** Servers that nobody has stopped. */
const running = new Set<ThreadServer>();

/** A thread that is torn down while it waits at its socket takes the process with it, so that one is closed first. */
function endAll(): void {
  for (const server of running) server.endNow();
}

/** What a server in a thread takes: plain data only. */
export type ServerThreadOptions = Omit<EnvironmentServerOptions, 'make' | 'log' | 'onSocket'>;

export type ServerThreadCall =
  | { kind: 'figures' }
  | { kind: 'rebind' }
  | { kind: 'end' }
  | { kind: 'drain'; seconds: number };

export type ServerThreadAnswer =
  | { address: string }
  | { figures: ServerFigures }
  | { rebound: true }
  | { error: ErrorBody };

/**
 * A server of environments in a thread of this process, so that this thread may block in steps. With `curve`, start the ZAP
 * handler in a thread that doesn't block ({@link startZap} serves all threads of a process): while it is blocked, nobody is
 * let in.
 */
export class ThreadServer {
  readonly #worker: Worker;
  readonly #ended: Int32Array;
  /** Calls are answered in turn. */
  #last: Promise<unknown> = Promise.resolve();
  /** The address that was bound. */
  readonly address: string;

  private constructor(worker: Worker, ended: Int32Array, address: string) {
    this.#worker = worker;
    this.#ended = ended;
    this.address = address;
    if (running.size === 0) process.on('exit', endAll);
    running.add(this);
    worker.once('exit', () => {
      running.delete(this);
      if (running.size === 0) process.off('exit', endAll);
    });
  }

  /**
   * Starts the thread and its server. It doesn't keep the process alive.
   *
   * @throws InputError as `EnvironmentServer.start` does.
   */
  static async start(options: ServerThreadOptions): Promise<ThreadServer> {
    const file = builtFile(import.meta.url, 'server/server-thread.js');
    const word = new SharedArrayBuffer(4);
    const workerData: ServerThreadSetup = { options, ended: word };
    const worker = new Worker(file, { workerData, execArgv: [] });
    const ended = once(worker, 'exit').then(([code]): never => {
      throw new Error(`A server's thread ended with code ${code} as it began.`);
    });
    const [answer] = (await Promise.race([once(worker, 'message'), ended])) as [ServerThreadAnswer];
    ended.catch(() => {});
    if ('address' in answer) {
      worker.unref();
      return new ThreadServer(worker, new Int32Array(word), answer.address);
    }
    await worker.terminate();
    throw 'error' in answer ? errorFromBody(answer.error) : new Error('A server thread answered without an address.');
  }

  /** What the server has done and holds. */
  async figures(): Promise<ServerFigures> {
    const answer = await this.#call({ kind: 'figures' });
    if ('figures' in answer) return answer.figures;
    throw new Error('A server thread answered without figures.');
  }

  /** Cuts all connections and binds the address again, as `EnvironmentServer.rebind` does: for when a key was revoked. */
  async rebind(): Promise<void> {
    await this.#call({ kind: 'rebind' });
  }

  /** @throws what the thread answers as an error. */
  async #call(call: ServerThreadCall): Promise<ServerThreadAnswer> {
    const turn = this.#last.then(async () => {
      this.#worker.postMessage(call);
      const [answer] = (await once(this.#worker, 'message')) as [ServerThreadAnswer];
      if ('error' in answer) throw errorFromBody(answer.error);
      return answer;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Closes the server while the process ends, without the event loop. */
  endNow(): void {
    this.#worker.postMessage({ kind: 'end' } satisfies ServerThreadCall);
    Atomics.wait(this.#ended, 0, 0, END_WAIT);
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
