import type { MessagePort } from 'node:worker_threads';
import { InputError, isInputError } from '@understudy/errors';
import type { EnvState, Info, RenderFrame, ResetOptions } from '@understudy/gym';
import type { Body } from '../protocol/messages.ts';
import { type ErrorCode, ProtocolError } from '../protocol/protocol-error.ts';
import type { RecoveryOptions, ResolvedConnectOptions } from './client-options.ts';
import { TimeoutError } from './timeout-error.ts';

/** What an I/O thread is started with. */
export interface IoSetup {
  readonly connect: ResolvedConnectOptions;
  readonly make: Body<'make'>;
  readonly recover: boolean | RecoveryOptions;
  readonly control: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** What an I/O thread says once the environments are made. */
export interface IoReady {
  readonly made: Body<'made'>;
  /** The rows that it writes answers into. */
  readonly rows: SharedArrayBuffer;
}

/** What an I/O thread is asked to do other than to step. */
export type IoRequest =
  | { kind: 'reset'; options: ResetOptions }
  | { kind: 'resetAt'; index: number; options: ResetOptions }
  | { kind: 'saveState' }
  | { kind: 'restoreState'; states: readonly EnvState[] }
  | { kind: 'render'; body: Body<'render'> }
  | { kind: 'close' };

/** What an I/O thread's work gives. */
export type IoValue = Info[] | EnvState[] | RenderFrame | IoReady | undefined;

export type IoReply = { value: IoValue } | { error: PackedError };

/**
 * The shared words between the stepping thread and its I/O thread. A job is handed over by raising `asked`; it is done
 * when `answered` has the same value.
 */
export const IoWords = { asked: 0, job: 1, answered: 16, failed: 17, byteLength: 128 } as const;

export const IoJob = { step: 0, request: 1 } as const;

/** An error on its way between threads. */
export interface PackedError {
  kind: 'input' | 'protocol' | 'timeout' | 'other';
  message: string;
  code?: ErrorCode;
  stack?: string;
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { kind: 'other', message: String(error) };
  const { message, stack } = error;
  if (isInputError(error)) return { kind: 'input', message };
  if (error instanceof ProtocolError) return { kind: 'protocol', message, code: error.code };
  return { kind: error instanceof TimeoutError ? 'timeout' : 'other', message, stack };
}

/** The error as if it had happened in this thread; another thread's stack becomes the cause of one that is unexpected. */
export function unpackError({ kind, message, code = 'internal', stack }: PackedError): Error {
  if (kind === 'input') return new InputError(message);
  if (kind === 'protocol') return new ProtocolError(code, message);
  return kind === 'timeout' ? new TimeoutError(message) : new Error(message, { cause: stack });
}

/** Turns of a busy wait before a thread sleeps; few, since the server may need the core. */
const SPIN_TURNS = 200;

/**
 * Waits until a control word is no longer `value`.
 *
 * @returns false when it still is after `milliseconds`.
 */
export function waitWhile(control: Int32Array, word: number, value: number, milliseconds: number): boolean {
  for (let turn = 0; turn < SPIN_TURNS; turn++) if (Atomics.load(control, word) !== value) return true;
  // A sleeper may be woken for a change before, which it saw while spinning: only the value tells.
  while (Atomics.load(control, word) === value) {
    if (Atomics.wait(control, word, value, milliseconds) === 'timed-out') return Atomics.load(control, word) !== value;
  }
  return true;
}
