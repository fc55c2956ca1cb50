import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '@understudy/errors';

/** The command's file. */
const bin = fileURLToPath(new URL('../../bin/understudy.js', import.meta.url));
/** Milliseconds. */
const times = { firstRestart: 200, lastRestart: 10_000, settled: 30_000, farewell: 3_000 };
/** A worker that ends so often at once will not do better next time. */
const maxQuickEnds = 4;

/** Options of {@link WorkerProcesses}. */
export interface WorkerProcessesOptions {
  count: number;
  /** Of the learner. */
  address: string;
  /** Flags that say which keys workers show to an inference server. */
  keyFlags: readonly string[];
  /** Told when a worker ended and another one is started in its place. */
  restarted(reason: string): void;
  /** Told when starting more makes no sense. */
  failed(error: Error): void;
}

/**
 * Worker processes on this machine: started anew when they end, and gone when this process is, however that ends: they
 * watch their channel to it.
 */
export class WorkerProcesses {
  readonly #options: WorkerProcessesOptions;
  readonly #children = new Set<ChildProcess>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #quickEnds = 0;
  #closing = false;

  constructor(options: WorkerProcessesOptions) {
    this.#options = options;
    for (let i = 0; i < options.count; i++) this.#start();
  }

  /** Waits for the workers to end, which their learner told them to, and ends those that don't. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const restart of this.#restarts) clearTimeout(restart);
    const late = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGKILL');
    }, times.farewell);
    await Promise.all([...this.#children].map((child) => new Promise((resolve) => child.once('close', resolve))));
    clearTimeout(late);
  }

  #start(): void {
    const startedAt = performance.now();
    const { address, keyFlags } = this.#options;
    const child = spawn(process.execPath, [bin, 'worker', '--connect', address, '--child', ...keyFlags], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    child.on('error', (error) => this.#options.failed(error));
    this.#children.add(child);
    child.on('close', (status, signal) => {
      this.#children.delete(child);
      if (this.#closing) return;
      const reason = signal === null ? `status ${status}` : signal;
      this.#ended(performance.now() - startedAt, status, reason, said.trim().split('\n').at(-1) ?? '');
    });
  }

  #ended(lived: number, status: number | null, reason: string, lastWords: string): void {
    this.#quickEnds = lived < times.settled && status !== null ? this.#quickEnds + 1 : 0;
    const failure = this.#failureOf(status, reason, lastWords);
    if (failure) {
      this.#options.failed(failure);
      return;
    }
    this.#options.restarted(lastWords ? `${reason}: ${lastWords}` : reason);
    const restart = setTimeout(
      () => {
        this.#restarts.delete(restart);
        this.#start();
      },
      Math.min(times.lastRestart, times.firstRestart * 2 ** this.#quickEnds),
    );
    this.#restarts.add(restart);
  }

  /** Why starting another one makes no sense, if it makes none. */
  #failureOf(status: number | null, reason: string, lastWords: string): Error | undefined {
    if (status === 2) return new InputError(lastWords || 'A worker can not take part.');
    if (this.#quickEnds < maxQuickEnds) return undefined;
    return new Error(`Worker processes end as soon as they start (${reason}): ${lastWords}`);
  }
}
