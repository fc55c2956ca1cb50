import { existsSync } from 'node:fs';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { InputError } from '@understudy/errors';
import type { Hdf5Dataset } from './dataset.ts';
import type { LibraryFile } from './library-file.ts';
import type { LibraryMethod, LibraryReply, LibraryRequest, LibrarySetup } from './library-protocol.ts';

/** A file that is open in the thread. */
export interface ThreadFile {
  readonly thread: LibraryThread;
  readonly file: number;
  readonly datasets: readonly Hdf5Dataset[];
}

/**
 * The thread that libhdf5 runs in. Some damage keeps libhdf5 in an endless loop, which nothing inside the thread can end;
 * from outside it is ended when an answer takes too long, and the next file gets a new thread.
 *
 * Calls wait for their answers without the event loop, so that reading looks the same with libhdf5 and without.
 */
export class LibraryThread {
  static #current: LibraryThread | undefined;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #answered: Int32Array;
  #asked = 0;
  #alive = true;

  private constructor() {
    const { port1, port2 } = new MessageChannel();
    const answered = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const workerData: LibrarySetup = { port: port2, answered };
    this.#worker = new Worker(workerFile(), { workerData, transferList: [port2], execArgv: [] });
    this.#port = port1;
    this.#answered = new Int32Array(answered);
    this.#worker.on('error', () => this.#end());
    this.#worker.on('exit', () => this.#end());
    this.#worker.unref();
    port1.unref();
  }

  /** The thread that new files are opened in. */
  static get current(): LibraryThread {
    const current = LibraryThread.#current;
    if (current?.alive) return current;
    LibraryThread.#current = new LibraryThread();
    return LibraryThread.#current;
  }

  /** False once it was ended. */
  get alive(): boolean {
    return this.#alive;
  }

  /** @param seconds - What opening may take. @throws InputError when it takes longer, or the file is damaged. */
  open(path: string, lazily: boolean, seconds: number): ThreadFile {
    const answer = this.#ask(path, { kind: 'open', path, lazily }, seconds);
    const { file, datasets } = answer as { file: number; datasets: Hdf5Dataset[] };
    return { thread: this, file, datasets };
  }

  /** Calls a method of an open file. @throws what it throws, and InputError when it takes longer than `seconds`. */
  call<Method extends LibraryMethod>(
    path: string,
    file: number,
    method: Method,
    parameters: Parameters<LibraryFile[Method]>,
    seconds: number,
  ): ReturnType<LibraryFile[Method]> {
    return this.#ask(path, { kind: 'call', file, method, parameters }, seconds) as ReturnType<LibraryFile[Method]>;
  }

  /** Closes a file; nothing happens where the thread is gone. */
  close(path: string, file: number, seconds: number): void {
    if (this.#alive) this.#ask(path, { kind: 'close', file }, seconds);
  }

  #ask(path: string, request: LibraryRequest, seconds: number): unknown {
    if (!this.#alive) {
      throw new InputError(
        `Another file that was open is damaged and stopped the HDF5 library, so open ${path} again.`,
      );
    }
    this.#port.postMessage(request);
    this.#asked++;
    const until = performance.now() + 1000 * seconds;
    for (;;) {
      const done = Atomics.load(this.#answered, 0);
      if (done === this.#asked) break;
      const left = until - performance.now();
      if (left <= 0) throw this.#giveUp(path, seconds);
      Atomics.wait(this.#answered, 0, done, left);
    }
    const { message: reply } = receiveMessageOnPort(this.#port) as { message: LibraryReply };
    if ('value' in reply) return reply.value;
    const { message, stack, wrongInput } = reply.error;
    if (wrongInput) throw new InputError(message);
    throw Object.assign(new Error(message), { stack });
  }

  #giveUp(path: string, seconds: number): InputError {
    this.#end();
    void this.#worker.terminate();
    return new InputError(
      `${path} kept the HDF5 library busy for more than ${seconds} s, as damaged files do, so get a fresh copy.`,
    );
  }

  #end(): void {
    this.#alive = false;
    this.#port.close();
  }
}

/** Threads run what was built; beside the sources that lies in `dist`. */
function workerFile(): URL {
  const source = import.meta.url.endsWith('.ts');
  const file = new URL(source ? '../../dist/hdf5/library-worker.js' : './library-worker.js', import.meta.url);
  if (existsSync(file)) return file;
  throw new InputError('The HDF5 library of @understudy/d4rl is not built; run npm run build first.');
}
