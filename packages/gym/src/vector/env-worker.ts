import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { RowStepper } from './calling-thread.ts';
import { workerEntry } from './worker-module.ts';
import {
  ControlWords,
  Job,
  unpackError,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
  waitWhile,
} from './worker-protocol.ts';

/** How often a thread that waits for a worker looks whether it still lives. */
const CHECK_MILLISECONDS = 100;

/** The main thread's end of one worker: hands it jobs and waits for them without the event loop. */
export class EnvWorker implements RowStepper {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  readonly #spinTurns: number | undefined;
  #asked = 0;
  #death: Error | undefined;

  private constructor(
    name: string,
    worker: Worker,
    port: MessagePort,
    control: Int32Array,
    spinTurns: number | undefined,
  ) {
    this.#name = name;
    this.#worker = worker;
    this.#port = port;
    this.#control = control;
    this.#spinTurns = spinTurns;
    // Without a listener a worker's uncaught error would end the process; the next wait reports it instead.
    worker.on('error', (error) => {
      this.#death = new Error(`${name} died: ${error.message}`, { cause: error });
    });
    worker.on('exit', (code) => {
      this.#death ??= new Error(`${name} ended with code ${code}.`);
    });
  }

  /**
   * Starts a worker and waits until its environments are made. It doesn't keep the process alive.
   *
   * @param spinTurns - Turns of a busy wait before the main thread sleeps until the worker is done; few unless told.
   * @throws what making the environments threw.
   */
  static async start(
    name: string,
    setup: Omit<WorkerSetup, 'control' | 'port'>,
    spinTurns?: number,
  ): Promise<EnvWorker> {
    const { port1, port2 } = new MessageChannel();
    const control = new SharedArrayBuffer(ControlWords.byteLength);
    const workerData: WorkerSetup = { ...setup, control, port: port2 };
    const worker = new Worker(workerEntry(), { workerData, transferList: [port2], execArgv: [] });
    const envWorker = new EnvWorker(name, worker, port1, new Int32Array(control), spinTurns);
    const reply = await new Promise<WorkerReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`${name} ended with code ${code} before it was ready.`)));
    });
    if ('error' in reply) throw unpackError(reply.error);
    // Node remembers when the worker's event loop started only if it is asked while the worker lives.
    worker.performance.eventLoopUtilization();
    worker.unref();
    port1.unref();
    return envWorker;
  }

  /** Whether no death of the worker has been noticed. */
  get alive(): boolean {
    return this.#death === undefined;
  }

  /** Lets the worker take a step of its rows; {@link finishStep} waits for it. */
  beginStep(): void {
    this.#hand(Job.step);
  }

  /** Waits for the step. @throws the error with which it failed, or that of the worker's death. */
  finishStep(): void {
    this.#awaitAnswer();
    if (Atomics.load(this.#control, ControlWords.failed) === 1) this.#receive();
  }

  /** Sends a request; {@link finishRequest} waits for its answer. */
  beginRequest(request: WorkerRequest): void {
    this.#port.postMessage(request);
    this.#hand(Job.request);
  }

  /** Waits for the request's answer. @throws the error with which it failed, or that of the worker's death. */
  finishRequest(): unknown {
    this.#awaitAnswer();
    return this.#receive();
  }

  /** Ends the thread, also one that is in the middle of a job. */
  terminate(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #hand(job: number): void {
    if (this.#death) return;
    this.#asked += 1;
    Atomics.store(this.#control, ControlWords.job, job);
    Atomics.store(this.#control, ControlWords.asked, this.#asked);
    Atomics.notify(this.#control, ControlWords.asked);
  }

  #awaitAnswer(): void {
    if (this.#death) throw this.#death;
    const control = this.#control;
    while (!waitWhile(control, ControlWords.answered, this.#asked - 1, CHECK_MILLISECONDS, this.#spinTurns)) {
      if (this.#lives()) continue;
      this.#death ??= new Error(`${this.#name} died, and its environments with it; make a new vector environment.`);
      throw this.#death;
    }
  }

  /** While this thread waits no exit event can arrive, but a thread that has ended reports a negative idle time. */
  #lives(): boolean {
    return this.#death === undefined && this.#worker.performance.eventLoopUtilization().idle >= 0;
  }

  #receive(): unknown {
    const received = receiveMessageOnPort(this.#port);
    if (!received) throw new Error(`${this.#name} answered without a message.`);
    const reply = received.message as WorkerReply;
    if ('error' in reply) throw unpackError(reply.error);
    return reply.value;
  }
}
