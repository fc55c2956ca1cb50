import type { ServedNetwork } from './served-network.ts';

/** A request that waits to be computed. */
export interface WaitingRequest {
  peer: string;
  request: number;
  /** `[rows, inputSize]` */
  observations: Float32Array;
  rows: number;
}

/** Requests for one version of one model, to be computed together. */
export class RequestBatch {
  readonly model: string;
  readonly version: number;
  readonly network: ServedNetwork;
  /** When the oldest came, in milliseconds. */
  readonly since: number;
  readonly requests: WaitingRequest[] = [];
  readonly #peers = new Set<string>();
  #rows = 0;

  constructor(model: string, version: number, network: ServedNetwork, since: number) {
    this.model = model;
    this.version = version;
    this.network = network;
    this.since = since;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Different clients in it. */
  get clients(): number {
    return this.#peers.size;
  }

  add(request: WaitingRequest): void {
    this.requests.push(request);
    this.#peers.add(request.peer);
    this.#rows += request.rows;
  }
}

/** Computes batches in buffers that grow to the largest and stay. */
export class BatchRunner {
  #inputs = new Float32Array(0);
  #outputs = new Float32Array(0);

  /**
   * Computes all requests of a batch as one.
   *
   * @param deliver - Gets each request's rows, `[rows, outputSize]`, which the next batch overwrites.
   */
  async run(
    { network, requests, rows }: RequestBatch,
    deliver: (request: WaitingRequest, outputs: Float32Array) => void,
  ): Promise<void> {
    const { inputSize, outputSize } = network;
    if (this.#inputs.length < rows * inputSize) this.#inputs = new Float32Array(rows * inputSize);
    if (this.#outputs.length < rows * outputSize) this.#outputs = new Float32Array(rows * outputSize);
    let row = 0;
    for (const { observations, rows: own } of requests) {
      this.#inputs.set(observations, row * inputSize);
      row += own;
    }
    const computed = network.forward(this.#inputs, rows, this.#outputs);
    if (computed) await computed;
    row = 0;
    for (const request of requests) {
      deliver(request, this.#outputs.subarray(row * outputSize, (row + request.rows) * outputSize));
      row += request.rows;
    }
  }
}
