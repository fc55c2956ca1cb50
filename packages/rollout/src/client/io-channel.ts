import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.ts';
import {
  IoJob,
  type IoReady,
  type IoReply,
  type IoRequest,
  type IoSetup,
  IoWords,
  unpackError,
  waitWhile,
} from './io-messages.ts';
import { TimeoutError } from './timeout-error.ts';

/** How often a thread that waits looks whether the other still lives, in milliseconds. */
const CHECK_MILLISECONDS = 200;
/** What the I/O thread may take beyond the time that a request may, in seconds. */
const GRACE = 15;
/** What the I/O thread may take to end, in seconds. */
const END_SECONDS = 5;

/** The stepping thread's end of its I/O thread: hands it jobs and waits for them without the event loop. */
export class IoChannel {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  readonly #seconds: number;
  readonly ready: IoReady;
  #asked = 0;
  #death: Error | undefined;

  private constructor(worker: Worker, port: MessagePort, control: Int32Array, seconds: number, ready: IoReady) {
    this.#worker = worker;
    this.#port = port;
    this.#control = control;
    this.#seconds = seconds;
    this.ready = ready;
    worker.on('error', (error) => {
      this.#death = new Error(`The connection's thread died: ${error.message}`, { cause: error });
    });
    worker.on('exit', (code) => {
      this.#death ??= new Error(`The connection's thread ended with code ${code}.`);
    });
  }

  /** Starts the thread, which connects and makes the environments. @throws as that does. */
  static async start(setup: Omit<IoSetup, 'control' | 'port'>): Promise<IoChannel> {
    const { port1, port2 } = new MessageChannel();
    const control = new SharedArrayBuffer(IoWords.byteLength);
    const workerData: IoSetup = { ...setup, control, port: port2 };
    const file = builtFile(import.meta.url, 'client/io-thread.js');
    const worker = new Worker(file, { workerData, transferList: [port2], execArgv: [] });
    const reply = await new Promise<IoReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The connection's thread ended with code ${code} as it began.`)));
    });
    if ('error' in reply) {
      port1.close();
      worker.unref();
      throw unpackError(reply.error);
    }
    // Node remembers when the thread's event loop started only if it is asked while the thread lives.
    worker.performance.eventLoopUtilization();
    worker.unref();
    port1.unref();
    const seconds = setup.connect.requestSeconds + GRACE;
    return new IoChannel(worker, port1, new Int32Array(control), seconds, reply.value as IoReady);
  }

  /** Has the thread step with the actions in its rows. @throws what the step threw. */
  step(): void {
    this.#hand(IoJob.step);
    if (Atomics.load(this.#control, IoWords.failed) === 1) this.#receive();
  }

  /** Has the thread do something else. @throws what that threw. */
  request(request: IoRequest): unknown {
    if (this.#death) throw this.#death;
    this.#port.postMessage(request);
    this.#hand(IoJob.request);
    return this.#receive();
  }

  /** Closes the session and ends the thread, which closes its socket and goes by itself, or is made to. */
  close(): void {
    try {
      if (!this.#death) this.request({ kind: 'close' });
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#death ??= new Error('The connection is closed.');
    this.#port.close();
    const late = setTimeout(() => void this.#worker.terminate(), 1000 * END_SECONDS);
    late.unref();
    this.#worker.once('exit', () => clearTimeout(late));
  }

  #hand(job: number): void {
    if (this.#death) throw this.#death;
    const control = this.#control;
    this.#asked += 1;
    Atomics.store(control, IoWords.job, job);
    Atomics.store(control, IoWords.asked, this.#asked);
    Atomics.notify(control, IoWords.asked);
    const until = performance.now() + 1000 * this.#seconds;
    while (!waitWhile(control, IoWords.answered, this.#asked - 1, CHECK_MILLISECONDS)) {
      if (!this.#lives()) this.#fail(new Error("The connection's thread died; make a new vector environment."));
      if (performance.now() > until) this.#fail(new TimeoutError("The connection's thread did not answer in time."));
    }
  }

  #fail(error: Error): never {
    this.#death ??= error;
    throw this.#death;
  }

  /** While this thread waits no exit event can arrive, but a thread that has ended reports a negative idle time. */
  #lives(): boolean {
    return this.#death === undefined && this.#worker.performance.eventLoopUtilization().idle >= 0;
  }

  #receive(): unknown {
    const received = receiveMessageOnPort(this.#port);
    if (!received) throw new Error("The connection's thread answered without a message.");
    const reply = received.message as IoReply;
    if ('error' in reply) throw unpackError(reply.error);
    return reply.value;
  }
}
