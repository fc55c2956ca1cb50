import { isInputError } from '@understudy/errors';

/** The message of the InputError that `attempt` throws; undefined when it throws none. Other errors pass through. */
export function inputErrorOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
  } catch (error) {
    if (isInputError(error)) return error.message;
    throw error;
  }
}
