import type { EnvRows } from './env-rows.ts';
import { answerRequest, type WorkerRequest } from './worker-protocol.ts';

/** What steps a share of a vector environment's rows: jobs are begun, and waited for when all have begun. */
export interface RowStepper {
  /** Whether its environments can still be asked. */
  readonly alive: boolean;
  beginStep(): void;
  /** @throws the error with which the step failed. */
  finishStep(): void;
  beginRequest(request: WorkerRequest): void;
  /** @throws the error with which the request failed. */
  finishRequest(): unknown;
  terminate(): void;
}

/** Rows of the thread that calls: it does its own work when it would otherwise begin to wait for the workers. */
export class CallingThread implements RowStepper {
  readonly alive = true;
  readonly #rows: EnvRows;
  #request: WorkerRequest | undefined;
  #closed = false;

  constructor(rows: EnvRows) {
    this.#rows = rows;
  }

  beginStep(): void {}

  finishStep(): void {
    this.#rows.step();
  }

  beginRequest(request: WorkerRequest): void {
    this.#request = request;
    this.#closed ||= request.kind === 'close';
  }

  finishRequest(): unknown {
    return answerRequest(this.#rows, this.#request!);
  }

  /** Closes the environments where no request has. */
  terminate(): void {
    if (!this.#closed) this.#rows.close();
    this.#closed = true;
  }
}
