import type { MessagePort } from 'node:worker_threads';
import { InputError, isInputError } from '@understudy/errors';
import type { EnvState, ResetOptions } from '../env.ts';
import type { AutoresetMode } from '../vector-env.ts';
import type { RowSizes } from './buffers.ts';
import type { EnvRows } from './env-rows.ts';

/** One thread's part of a vector environment. */
export interface SharePart {
  readonly id: string;
  readonly options: Record<string, unknown>;
  readonly autoresetMode: AutoresetMode;
  /** The rows of all sub-environments, shared by all threads. */
  readonly buffer: SharedArrayBuffer;
  readonly count: number;
  readonly sizes: RowSizes;
  /** This thread's rows. */
  readonly firstRow: number;
  readonly rowCount: number;
}

/** What a worker thread is started with. */
export interface WorkerSetup extends SharePart {
  /** URLs of the modules that register the environment. */
  readonly modules: readonly string[];
  /** This worker's {@link ControlWords}. */
  readonly control: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** What a worker is asked to do other than to step. */
export type WorkerRequest =
  | { kind: 'reset'; options: ResetOptions }
  | { kind: 'resetAt'; row: number; options: ResetOptions }
  | { kind: 'saveState' }
  | { kind: 'restoreState'; states: readonly EnvState[] }
  | { kind: 'close' };

/** Does what is asked of the thread that has these rows. */
export function answerRequest(rows: EnvRows, request: WorkerRequest): unknown {
  switch (request.kind) {
    case 'reset':
      return rows.reset(request.options);
    case 'resetAt':
      return rows.resetAt(request.row, request.options);
    case 'saveState':
      return rows.saveState();
    case 'restoreState':
      return rows.restoreState(request.states);
    case 'close':
      return rows.close();
  }
}

/** A worker's answer to a request, or to a step that failed. */
export type WorkerReply = { value: unknown } | { error: WorkerError };

/** An error on its way between threads. */
export interface WorkerError {
  message: string;
  isInput: boolean;
  stack?: string;
}

/**
 * The shared words between the main thread and one worker. A job is handed over by raising {@link asked}; it is done when
 * {@link answered} has the same value. Both lie on cache lines of their own.
 */
export const ControlWords = {
  asked: 0,
  /** {@link Job} of the value in `asked`. */
  job: 1,
  answered: 16,
  /** 1 when the step failed and the error lies in the port. */
  failed: 17,
  byteLength: 128,
} as const;

export const Job = { step: 0, request: 1 } as const;

/** Turns of a busy wait before a thread sleeps; few, since a spinning thread may hold the core that a worker needs. */
const SPIN_TURNS = 200;

/**
 * The same for a thread that has just done as much work as it waits for: the rest won't take long. About a tenth of a
 * millisecond, which is what being woken costs.
 */
export const LONG_SPIN_TURNS = 4_000;

/**
 * Waits until a control word is no longer `value`.
 *
 * @param spinTurns - Turns of a busy wait before the thread sleeps.
 * @returns false when it still is after `milliseconds` of sleep.
 */
export function waitWhile(
  control: Int32Array,
  word: number,
  value: number,
  milliseconds?: number,
  spinTurns = SPIN_TURNS,
): boolean {
  for (let turn = 0; turn < spinTurns; turn++) if (Atomics.load(control, word) !== value) return true;
  // A sleeper may be woken for the change before, which it saw while spinning: only the value tells.
  while (Atomics.load(control, word) === value) {
    if (Atomics.wait(control, word, value, milliseconds) === 'timed-out') return Atomics.load(control, word) !== value;
  }
  return true;
}

export function packError(error: unknown): WorkerError {
  if (!(error instanceof Error)) return { message: String(error), isInput: false };
  return { message: error.message, isInput: isInputError(error), stack: error.stack };
}

/** The error as if it had happened in this thread; a worker's stack becomes the cause. */
export function unpackError({ message, isInput, stack }: WorkerError): Error {
  if (isInput) return new InputError(message);
  return new Error(message, { cause: stack });
}
