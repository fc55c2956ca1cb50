import { InputError, isInputError } from '@understudy/errors';

/** Why a message or a request was refused; see PROTOCOL.md for each. */
export const errorCodes = [
  'version',
  'malformed',
  'unknown-type',
  'invalid',
  'limit',
  'sequence',
  'unknown-session',
  'unknown-environment',
  'busy',
  'draining',
  'failed',
  'stale',
  'unauthorized',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Codes that tell of something the caller gave; they become an `InputError` at the caller. */
const inputCodes: ReadonlySet<ErrorCode> = new Set(['version', 'invalid', 'limit', 'unknown-environment']);

/** What is known of a message that was refused. */
export interface RefusedMessage {
  request?: number;
  session?: string;
  /** The versions that the other side speaks, for `version`. */
  versions?: readonly number[];
}

/** A message, or the request in it, was refused. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly request?: number;
  readonly session?: string;
  readonly versions?: readonly number[];

  constructor(code: ErrorCode, message: string, { request, session, versions }: RefusedMessage = {}) {
    super(message);
    this.code = code;
    this.request = request;
    this.session = session;
    this.versions = versions;
  }
}

/** The body of an `error` message. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  versions?: number[];
}

const MAX_MESSAGE_LENGTH = 2000;

/**
 * An error as it goes over the wire.
 *
 * @param code - The code of an error that is neither a `ProtocolError` nor an `InputError`.
 */
export function errorBody(error: unknown, code: ErrorCode = 'internal'): ErrorBody {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_LENGTH);
  if (error instanceof ProtocolError) {
    return { code: error.code, message, ...(error.versions && { versions: [...error.versions] }) };
  }
  return { code: isInputError(error) ? 'invalid' : code, message };
}

/** The error that an `error` message stands for: an `InputError` where the caller's input is at fault. */
export function errorFromBody({ code, message, versions }: ErrorBody): Error {
  return inputCodes.has(code) ? new InputError(message) : new ProtocolError(code, message, { versions });
}
