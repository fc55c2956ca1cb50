/** A server did not answer in time: it is not there, it died, or it can't be reached. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}
