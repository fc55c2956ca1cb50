import type { Router } from 'zeromq';
import { bindAgain } from '../collection/bind-again.ts';
import { tensorsFromArrays } from '../collection/shard-arrays.ts';
import { wireArray } from '../protocol/arrays.ts';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { defaultLimits, supportedVersions } from '../protocol/limits.ts';
import type { AnyMessage, Message } from '../protocol/messages.ts';
import { errorBody, ProtocolError } from '../protocol/protocol-error.ts';
import { defaultFloodLimits, PeerBook } from '../server/peer-book.ts';
import { software } from '../software.ts';
import { type Arrival, ServerSocket, type ServerSocketOptions } from '../transport/index.ts';
import { ModelShelf } from './model-shelf.ts';
import { BatchRunner, RequestBatch } from './request-batch.ts';
import { type CreateServedNetwork, createKernelNetwork, parseSpec } from './served-network.ts';

const requestTypes = ['hello', 'publish', 'infer', 'ping', 'bye'] as const;
type RequestType = (typeof requestTypes)[number];
const accept: ReadonlySet<RequestType> = new Set(requestTypes);

/** Options of {@link InferenceServer.start}. */
export interface InferenceServerOptions extends ServerSocketOptions {
  /** Rows that are computed as one batch; 1024 unless told. */
  readonly maxBatch?: number;
  /** How long a request may wait for others to join it; 500 unless told, 0 doesn't wait. */
  readonly maxWaitMicroseconds?: number;
  /** Rows that may wait in all; beyond it requests are refused as `busy`. 65,536 unless told. */
  readonly maxQueuedRows?: number;
  /** Models at a time; 64 unless told. */
  readonly maxModels?: number;
  /** Versions of each model that are kept; 18 unless told. */
  readonly keepVersions?: number;
  /** What networks compute on; the kernels unless told. */
  readonly createNetwork?: CreateServedNetwork;
  /** Hears of refusals, for a log. */
  readonly log?: (line: string) => void;
  /** Told of the socket before anybody connects: for watching its handshakes. */
  onSocket?(router: Router): void;
}

/** What a server has done. */
export interface InferenceFigures {
  requests: number;
  /** Observations that outputs were computed for. */
  rows: number;
  batches: number;
  /** Rows of the largest batch. */
  largestBatch: number;
  refused: number;
  models: number;
}

const now = (): number => performance.now();

/** Computes networks' outputs for many clients, joining what waits at a time; see PROTOCOL.md, service `inference`. */
export class InferenceServer {
  #socket: ServerSocket;
  readonly #given: InferenceServerOptions;
  readonly #options: Required<
    Pick<InferenceServerOptions, 'maxBatch' | 'maxWaitMicroseconds' | 'maxQueuedRows' | 'log' | 'limits'>
  >;
  readonly #shelf: ModelShelf;
  readonly #peers = new PeerBook(defaultFloodLimits, now() / 1000);
  readonly #runner = new BatchRunner();
  readonly #batches = new Map<string, RequestBatch>();
  readonly #figures = { requests: 0, rows: 0, batches: 0, largestBatch: 0, refused: 0 };
  /** Clients of each model of late, as of their last request. */
  readonly #clients = new Map<string, number>();
  #queuedRows = 0;
  #pumping: Promise<void> | undefined;

  private constructor(socket: ServerSocket, options: InferenceServerOptions) {
    const { maxBatch = 1024, maxModels = 64, keepVersions = 18, createNetwork = createKernelNetwork } = options;
    this.#socket = socket;
    this.#given = options;
    this.#options = {
      maxBatch,
      maxWaitMicroseconds: options.maxWaitMicroseconds ?? 500,
      maxQueuedRows: options.maxQueuedRows ?? 65_536,
      log: options.log ?? (() => {}),
      limits: options.limits ?? defaultLimits,
    };
    this.#shelf = new ModelShelf({ create: createNetwork, maxBatch, maxModels, keepVersions });
    if (socket.router) options.onSocket?.(socket.router);
    void this.#serve(socket);
  }

  /** Binds the address and serves. @throws InputError when it is in use or not allowed. */
  static async start(options: InferenceServerOptions): Promise<InferenceServer> {
    return new InferenceServer(await ServerSocket.bind({ highWaterMark: 1024, ...options }), options);
  }

  /** The address that was bound. */
  get address(): string {
    return this.#socket.endpoint;
  }

  get figures(): InferenceFigures {
    return { ...this.#figures, models: this.#shelf.size };
  }

  /** Binds the same address anew, so that every client has to connect, and prove itself, again. */
  async rebind(): Promise<void> {
    const address = this.address;
    this.#socket.close();
    this.#socket = await bindAgain({ highWaterMark: 1024, ...this.#given, address });
    if (this.#socket.router) this.#given.onSocket?.(this.#socket.router);
    void this.#serve(this.#socket);
  }

  /** Answers what waits, and ends. */
  async close(): Promise<void> {
    while (this.#pumping) await this.#pumping;
    this.#socket.close();
    this.#shelf.dispose();
  }

  async #serve(socket: ServerSocket): Promise<void> {
    let messages = 0;
    for await (const arrival of socket) {
      // A socket that always has more would keep this thread from ever computing.
      if (++messages % 64 === 0) await yieldToMessages();
      try {
        await this.#receive(arrival);
      } catch (error) {
        this.#refuse(arrival.peer, error);
      }
    }
  }

  async #receive({ peer, frames }: Arrival): Promise<unknown> {
    if (!this.#peers.admits(peer, now() / 1000)) return;
    const message = decodeMessage(frames, { limits: this.#options.limits, accept });
    if (message.type !== 'hello' && !this.#peers.hasGreeted(peer)) {
      throw new ProtocolError('unknown-session', 'The server does not know this connection; greet first.', message);
    }
    try {
      return await this.#handle(peer, message);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.request !== undefined) throw error;
      throw new ProtocolError(error.code, error.message, message);
    }
  }

  #handle(peer: string, message: AnyMessage<RequestType>): unknown {
    const { request } = message;
    switch (message.type) {
      case 'hello':
        return this.#welcome(peer, message);
      case 'publish':
        return this.#publish(peer, message);
      case 'infer':
        return this.#enqueue(peer, message);
      case 'ping':
        return this.#socket.send(peer, encodeMessage({ type: 'pong', request, body: {} }));
      default:
        return this.#peers.forget(peer);
    }
  }

  #welcome(peer: string, { request, body }: Message<'hello'>): unknown {
    const version = supportedVersions.find((ours) => body.versions.includes(ours));
    if (version === undefined) {
      const theirs = `${body.software} speaks version ${body.versions.join(', ')} of the rollout protocol`;
      const sentence = `${theirs}, the server (${software}) version ${supportedVersions.join(', ')}.`;
      throw new ProtocolError('version', sentence, { request, versions: supportedVersions });
    }
    if (body.service !== 'inference') {
      throw new ProtocolError('invalid', `This is an inference server; it has no service ${body.service}.`, {
        request,
      });
    }
    this.#peers.greet(peer, now() / 1000);
    const welcome = { version, service: 'inference', software, limits: { ...this.#options.limits } } as const;
    const times = { heartbeatSeconds: 5, leaseSeconds: 60 };
    return this.#socket.send(peer, encodeMessage({ type: 'welcome', request, body: { ...welcome, ...times } }));
  }

  async #publish(peer: string, { request, body, arrays }: Message<'publish'>): Promise<void> {
    // What waits was asked of the versions there were.
    while (this.#pumping) await this.#pumping;
    const { model, version } = body;
    try {
      this.#shelf.put(model, version, parseSpec(body.spec), tensorsFromArrays(arrays), now());
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError('invalid', (error as Error).message, { request });
    }
    void this.#socket.send(peer, encodeMessage({ type: 'published', request, body: { model, version } }));
  }

  #enqueue(peer: string, { request, body, arrays }: Message<'infer'>): void {
    const at = now();
    const { version, network } = this.#shelf.get(body.model, body.version, at);
    const { shape, data: observations } = arrays.observations;
    const [rows, size] = shape;
    if (size !== network.inputSize) {
      throw new ProtocolError('invalid', `The model takes ${network.inputSize} numbers a row, not ${size}.`, {
        request,
      });
    }
    if (this.#queuedRows + rows > this.#options.maxQueuedRows) {
      throw new ProtocolError('busy', `The server has ${this.#queuedRows} rows waiting and takes no ${rows} more.`, {
        request,
      });
    }
    const key = `${version} ${body.model}`;
    const batch = this.#batches.get(key) ?? new RequestBatch(body.model, version, network, at);
    batch.add({ peer, request: request ?? 0, observations, rows });
    this.#batches.set(key, batch);
    this.#queuedRows += rows;
    this.#clients.set(body.model, this.#shelf.countClients(body.model, peer, at));
    this.#pumping ??= this.#pump();
  }

  /** Computes what is due until nothing waits; in between, what has arrived is taken in. */
  async #pump(): Promise<void> {
    while (this.#batches.size > 0) {
      await yieldToMessages();
      for (const [key, batch] of this.#batches) {
        if (!this.#isDue(batch)) continue;
        this.#batches.delete(key);
        await this.#compute(batch);
      }
    }
    this.#pumping = undefined;
  }

  /** When it is full, has waited long enough, or everybody who is likely to join it has. */
  #isDue(batch: RequestBatch): boolean {
    const { maxBatch, maxWaitMicroseconds } = this.#options;
    if (batch.rows >= maxBatch || 2 * batch.clients >= (this.#clients.get(batch.model) ?? 1)) return true;
    return now() - batch.since >= maxWaitMicroseconds / 1000;
  }

  async #compute(batch: RequestBatch): Promise<void> {
    const { model, version, rows, network } = batch;
    this.#queuedRows -= rows;
    const figures = this.#figures;
    try {
      await this.#runner.run(batch, ({ peer, request, rows: own }, outputs) => {
        const arrays = { outputs: wireArray(outputs, [own, network.outputSize]) };
        void this.#socket.send(peer, encodeMessage({ type: 'inferred', request, body: { model, version }, arrays }));
      });
      figures.batches += 1;
      figures.requests += batch.requests.length;
      figures.rows += rows;
      figures.largestBatch = Math.max(figures.largestBatch, rows);
    } catch (error) {
      for (const { peer, request } of batch.requests) {
        void this.#socket.send(peer, encodeMessage({ type: 'error', request, body: errorBody(error, 'failed') }));
      }
    }
  }

  #refuse(peer: string, error: unknown): void {
    const { request, code } = error instanceof ProtocolError ? error : ({} as ProtocolError);
    this.#figures.refused += 1;
    if (code !== 'unknown-session') this.#options.log(`Refused: ${(error as Error).message}`);
    void this.#socket.send(peer, encodeMessage({ type: 'error', request, body: errorBody(error) }));
    const broken = code === 'malformed' || code === 'unknown-type' || code === 'version';
    if (broken) this.#peers.strike(peer);
  }
}

/** Lets the socket take in what has arrived. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
