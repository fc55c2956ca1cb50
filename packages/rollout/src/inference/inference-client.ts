import { InputError } from '@understudy/errors';
import type { Tensor } from '@understudy/nn';
import type { PolicySpec } from '@understudy/training';
import { TimeoutError } from '../client/timeout-error.ts';
import { tensorArrays } from '../collection/shard-arrays.ts';
import { wireArray } from '../protocol/arrays.ts';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { supportedVersions } from '../protocol/limits.ts';
import type { AnyMessage } from '../protocol/messages.ts';
import { errorFromBody, type ProtocolError } from '../protocol/protocol-error.ts';
import { software } from '../software.ts';
import { ClientSocket, type ClientSocketOptions } from '../transport/index.ts';
import { whySilent } from '../transport/why-silent.ts';

const answerTypes = ['welcome', 'error', 'published', 'inferred', 'pong'] as const;
type Answer = AnyMessage<(typeof answerTypes)[number]>;
const accept: ReadonlySet<(typeof answerTypes)[number]> = new Set(answerTypes);

/** Options of {@link InferenceClient.open}. */
export interface InferenceClientOptions extends ClientSocketOptions {
  /** How long to wait for the server at first; 10 unless told. */
  readonly connectSeconds?: number;
  /** How long a request is repeated before it fails; 30 unless told. */
  readonly requestSeconds?: number;
}

/** A network's outputs. */
export interface Inferred {
  /** The version of the model that gave them. */
  version: number;
  /** `[rows, outputSize]` */
  outputs: Float32Array;
}

interface Pending {
  frames: Uint8Array[];
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  since: number;
  sentAt: number;
}

/** Milliseconds. */
const times = { tick: 100, repeat: 2_000, busy: 20 };
const greeting = 0;
const now = (): number => performance.now();

/**
 * Asks an inference server. Many requests may be under way at a time; all can be repeated without harm, so a server that
 * goes and comes back is only noticed as a delay.
 */
export class InferenceClient {
  readonly #options: InferenceClientOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #timer: NodeJS.Timeout;
  #socket: ClientSocket;
  #request = greeting;
  #greeted: { resolve(): void; reject(error: unknown): void } | undefined;

  private constructor(options: InferenceClientOptions) {
    this.#options = options;
    this.#socket = this.#connect();
    this.#timer = setInterval(() => this.#repeat(), times.tick);
  }

  /**
   * Connects.
   *
   * @throws InputError when nobody answers in time, or the server speaks other versions or has another service.
   */
  static async open(options: InferenceClientOptions): Promise<InferenceClient> {
    const { connectSeconds = 10, address } = options;
    const client = new InferenceClient(options);
    const late = setTimeout(async () => {
      const why = await whySilent(options, 'understudy infer');
      client.#greeted?.reject(
        new InputError(`No inference server answered at ${address} within ${connectSeconds} s; ${why}.`),
      );
    }, 1000 * connectSeconds);
    try {
      await new Promise<void>((resolve, reject) => {
        client.#greeted = { resolve, reject };
      });
      return client;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      clearTimeout(late);
      client.#greeted = undefined;
    }
  }

  /**
   * Gives a version of a model to the server.
   *
   * @param tensors - The actor's, and the normaliser's where the spec has one; others are left out.
   * @throws InputError when they don't fit the spec.
   */
  async publish(model: string, version: number, spec: PolicySpec, tensors: ReadonlyMap<string, Tensor>): Promise<void> {
    const own = [...tensors].filter(([name]) => name.startsWith('actor.') || name.startsWith('observation.'));
    const body = { model, version, spec: { ...spec } };
    await this.#ask((request) => encodeMessage({ type: 'publish', request, body, arrays: tensorArrays(own) }));
  }

  /**
   * The outputs for some observations.
   *
   * @param observations - `[rows, observationSize]`, copied.
   * @param version - The newest unless told.
   * @throws ProtocolError `stale` when the server doesn't have that version, TimeoutError when it doesn't answer.
   */
  async infer(model: string, observations: Float32Array, rows: number, version?: number): Promise<Inferred> {
    const body = { model, ...(version !== undefined && { version }) };
    const arrays = { observations: wireArray(observations, [rows, observations.length / rows]) };
    const answer = await this.#ask((request) => encodeMessage({ type: 'infer', request, body, arrays }));
    if (answer.type !== 'inferred') throw new Error(`The server answered infer by ${answer.type}.`);
    return { version: answer.body.version, outputs: answer.arrays.outputs.data };
  }

  /** Ends; requests under way fail. */
  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
    for (const { reject } of this.#pending.values()) reject(new Error('The connection was closed.'));
    this.#pending.clear();
  }

  #ask(encode: (request: number) => Uint8Array[]): Promise<Answer> {
    const request = ++this.#request;
    const frames = encode(request);
    return new Promise((resolve, reject) => {
      this.#pending.set(request, { frames, resolve, reject, since: now(), sentAt: now() });
      void this.#socket.send(frames);
    });
  }

  #connect(): ClientSocket {
    const socket = ClientSocket.connect(this.#options);
    this.#socket = socket;
    this.#greet();
    void this.#listen(socket);
    return socket;
  }

  #greet(): void {
    const versions = [...supportedVersions];
    const body = { versions, service: 'inference' as const, software };
    void this.#socket.send(encodeMessage({ type: 'hello', request: greeting, body }));
  }

  async #listen(socket: ClientSocket): Promise<void> {
    for await (const frames of socket) {
      try {
        this.#take(decodeMessage(frames, { limits: this.#options.limits, accept }));
      } catch (error) {
        const { code, message } = error as ProtocolError;
        const { address } = this.#options;
        const sentence = `The server at ${address} can't be understood: ${message}`;
        if (code === 'version') this.#greeted?.reject(new InputError(sentence));
        // Otherwise damaged on its way: what it answered is asked again.
      }
    }
  }

  #take(answer: Answer): unknown {
    const { request } = answer;
    if (answer.type === 'error') return this.#heedError(answer);
    if (request === greeting) {
      this.#greeted?.resolve();
      return this.#sendAll();
    }
    const pending = this.#pending.get(request as number);
    this.#pending.delete(request as number);
    pending?.resolve(answer);
  }

  #heedError({ request, body }: AnyMessage<'error'>): unknown {
    if (body.code === 'unknown-session') return this.#greet();
    if (request === greeting) return this.#greeted?.reject(errorFromBody(body));
    const pending = request === undefined ? undefined : this.#pending.get(request);
    if (!pending) return;
    if (body.code === 'busy') {
      // Asked again at the next look that finds it due.
      pending.sentAt = now() - times.repeat + times.busy;
      return;
    }
    this.#pending.delete(request as number);
    pending.reject(errorFromBody(body));
  }

  #sendAll(): void {
    for (const pending of this.#pending.values()) this.#send(pending);
  }

  #send(pending: Pending): void {
    pending.sentAt = now();
    void this.#socket.send(pending.frames);
  }

  #repeat(): void {
    const { requestSeconds = 30, address } = this.#options;
    for (const [request, pending] of this.#pending) {
      if (now() - pending.since > 1000 * requestSeconds) {
        this.#pending.delete(request);
        pending.reject(new TimeoutError(`The inference server at ${address} gave no answer in ${requestSeconds} s.`));
      } else if (now() - pending.sentAt > times.repeat) this.#send(pending);
    }
  }
}
