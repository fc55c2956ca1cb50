/**
 * Something the caller gave is wrong: an argument, a file, a message, an option.
 *
 * The message is one sentence that names the input, says what was expected and what to do. The command line prints it
 * alone and exits with status 2; every other error is a bug and keeps its stack.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** Stable across copies of this package, where `instanceof` is not. */
  readonly code = 'UNDERSTUDY_INPUT';
}

/** Whether `error` is an {@link InputError}, also one made by another copy of this package or sent by a worker. */
export function isInputError(error: unknown): error is InputError {
  return error instanceof Error && (error as { code?: unknown }).code === 'UNDERSTUDY_INPUT';
}
