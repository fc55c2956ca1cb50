import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.ts';
import type { Body } from '../protocol/messages.ts';
import { errorFromBody, ProtocolError } from '../protocol/protocol-error.ts';
import type { SessionRequest } from './env-session.ts';
import type { HostAnswer, HostCall, HostSetup } from './host-messages.ts';
import type { MadeSession, SessionHost } from './session-host.ts';

interface Waiting {
  resolve(answer: HostAnswer): void;
  reject(error: Error): void;
}

/** Sessions whose environments live in a worker thread. When it dies, they fail; the server starts another. */
export class ThreadHost implements SessionHost {
  readonly #worker: Worker;
  readonly #sessions = new Set<string>();
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #death: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: HostAnswer) => {
      this.#waiting.get(answer.call)?.resolve(answer);
      this.#waiting.delete(answer.call);
    });
    worker.on('error', (error) => this.#die(`The thread of the session's environments died: ${error.message}`));
    worker.on('exit', (code) => this.#die(`The thread of the session's environments ended with code ${code}.`));
  }

  /** Starts the thread. @throws what importing the module threw. */
  static async start(setup: HostSetup): Promise<ThreadHost> {
    const worker = new Worker(builtFile(import.meta.url, 'server/host-thread.js'), { workerData: setup, execArgv: [] });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`A thread for environments ended with code ${code} as it began.`)),
      );
    });
    return new ThreadHost(worker);
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get alive(): boolean {
    return this.#death === undefined;
  }

  async open(session: string, body: Body<'make'>): Promise<MadeSession> {
    this.#sessions.add(session);
    try {
      const answer = await this.#call((call) => ({ kind: 'open', call, session, body }));
      return (answer as { made: MadeSession }).made;
    } catch (error) {
      this.#sessions.delete(session);
      throw error;
    }
  }

  async perform(message: SessionRequest): Promise<Uint8Array[]> {
    const transfer: ArrayBuffer[] = [];
    const arrays: Record<string, unknown> = {};
    // What came off the wire lies in memory that can't be handed over; a copy of just these numbers can.
    for (const [name, array] of Object.entries(message.arrays)) {
      const data = array.data.slice();
      transfer.push(data.buffer as ArrayBuffer);
      arrays[name] = { ...array, data };
    }
    const copy = { ...message, arrays } as SessionRequest;
    const answer = await this.#call((call) => ({ kind: 'perform', call, message: copy }), transfer);
    return (answer as { frames: Uint8Array[] }).frames;
  }

  drop(session: string): void {
    if (this.#sessions.delete(session) && this.alive) this.#post({ kind: 'drop', session });
  }

  abandon(reason: string): void {
    this.#die(reason);
    void this.#worker.terminate();
  }

  async close(): Promise<void> {
    this.#die('The server closes.');
    await this.#worker.terminate();
  }

  #post(call: HostCall, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(call, transfer);
  }

  #call(build: (call: number) => HostCall, transfer: ArrayBuffer[] = []): Promise<HostAnswer> {
    if (this.#death) return Promise.reject(this.#death);
    const call = ++this.#calls;
    return new Promise<HostAnswer>((resolve, reject) => {
      const take = (answer: HostAnswer) => ('error' in answer ? reject(errorFromBody(answer.error)) : resolve(answer));
      this.#waiting.set(call, { resolve: take, reject });
      this.#post(build(call), transfer);
    });
  }

  #die(reason: string): void {
    if (this.#death) return;
    this.#death = new ProtocolError('failed', reason);
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
    this.#sessions.clear();
  }
}
