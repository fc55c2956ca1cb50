import { InputError } from '@understudy/errors';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import { defaultLimits, supportedVersions } from '../protocol/limits.ts';
import type { AnyMessage, Body } from '../protocol/messages.ts';
import { errorFromBody, ProtocolError } from '../protocol/protocol-error.ts';
import { software } from '../software.ts';
import { ClientSocket, whySilent } from '../transport/index.ts';
import type { ResolvedConnectOptions } from './client-options.ts';
import { TimeoutError } from './timeout-error.ts';

const answerTypes = [
  'welcome',
  'error',
  'pong',
  'bye',
  'environments',
  'made',
  'attached',
  'state',
  'stepped',
  'saved',
  'frame',
  'closed',
] as const;

/** What a server of environments sends. */
export type ServerMessage = AnyMessage<(typeof answerTypes)[number]>;

const accept: ReadonlySet<(typeof answerTypes)[number]> = new Set(answerTypes);

/** How long the goodbye may take to leave, in milliseconds. */
const LINGER = 50;

/** The number of the greeting, and of what else belongs to no session. */
const GREETING = 0;

/** One connection to a server of environments: a greeting, then one question at a time. */
export class Connection {
  readonly #options: ResolvedConnectOptions;
  #socket: ClientSocket;
  #welcome: Body<'welcome'> | undefined;
  /** What the server said as it went. */
  #farewell: string | undefined;
  /** What was wrong with the last message that arrived damaged, here or there. */
  complaint: string | undefined;

  private constructor(options: ResolvedConnectOptions) {
    this.#options = options;
    this.#socket = this.#open();
  }

  /**
   * Connects and greets.
   *
   * @throws InputError when nobody answers in time, or the server speaks other versions or has another service.
   */
  static async open(options: ResolvedConnectOptions): Promise<Connection> {
    const connection = new Connection(options);
    try {
      if (await connection.#greet(options.connectSeconds)) return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
    connection.close();
    const { address, connectSeconds } = options;
    const why = await whySilent(options, 'understudy serve');
    throw new InputError(`No server answered at ${address} within ${connectSeconds} s; ${why}.`);
  }

  get address(): string {
    return this.#options.address;
  }

  /** What the server said of itself. */
  get welcome(): Body<'welcome'> {
    return this.#welcome!;
  }

  /**
   * Drops the connection and makes another.
   *
   * @returns false when the server doesn't greet in so many seconds.
   */
  async renew(seconds: number): Promise<boolean> {
    this.#socket.close();
    this.#farewell = undefined;
    this.#socket = this.#open();
    return this.#greet(seconds);
  }

  /**
   * Sends a message and waits for its answer.
   *
   * @param request - The number that the answer bears.
   * @param session - The session that it bears.
   * @returns The answer; undefined when none came in so many seconds.
   * @throws what an `error` message tells, and ProtocolError `draining` when the server said goodbye.
   */
  async ask(
    frames: readonly Uint8Array[],
    request: number,
    session: string | undefined,
    seconds: number,
  ): Promise<ServerMessage | undefined> {
    if (this.#farewell !== undefined) throw this.#farewellError(this.#farewell);
    if (!(await this.#socket.send(frames))) return undefined;
    const until = performance.now() + 1000 * seconds;
    for (;;) {
      const received = await this.#socket.receive(until - performance.now());
      if (received === undefined) return undefined;
      const message = this.#decode(received);
      if (message === undefined) continue;
      if (message.type === 'bye') throw this.#farewellError(message.body.reason);
      const complaint = message.type === 'error' && message.request === undefined;
      // An answer to a question that was given up, or asked twice.
      if (!complaint && (message.request !== request || message.session !== session)) continue;
      if (message.type === 'pong') continue;
      if (message.type === 'error') {
        const { code } = message.body;
        if (code !== 'malformed' && code !== 'unknown-type') throw errorFromBody(message.body);
        // What was sent was right, so it was damaged on its way.
        this.complaint = message.body.message;
        return undefined;
      }
      return message;
    }
  }

  /**
   * Gives a sign of life, and takes what has arrived since the last.
   *
   * @returns false when the server did not know this connection, or the session, at the last: ZeroMQ mends a connection
   *   that was cut by another, which has to greet and attach.
   */
  async ping(session: string): Promise<boolean> {
    await this.#socket.send(encodeMessage({ type: 'ping', request: GREETING, session, body: {} }));
    let known = true;
    for (;;) {
      const received = await this.#socket.receive(0);
      if (received === undefined) return known;
      const message = this.#decode(received);
      if (message?.type === 'bye') this.#farewell = message.body.reason;
      if (message?.type === 'error' && message.body.code === 'unknown-session') known = false;
    }
  }

  /** Environments that the server offers. @throws TimeoutError when it doesn't answer. */
  async list(): Promise<Body<'environments'>['environments']> {
    const { requestSeconds, address } = this.#options;
    const answer = await this.ask(
      encodeMessage({ type: 'list', request: GREETING, body: {} }),
      GREETING,
      undefined,
      requestSeconds,
    );
    if (answer?.type === 'environments') return answer.body.environments;
    throw new TimeoutError(`The server at ${address} did not list its environments within ${requestSeconds} s.`);
  }

  /** Says goodbye, so that the server need not remember this connection, and closes it. */
  close(): void {
    if (this.#socket.closed) return;
    if (this.#welcome) void this.#socket.send(encodeMessage({ type: 'bye', body: { reason: 'The client closes.' } }));
    this.#socket.close();
  }

  #farewellError(reason: string): ProtocolError {
    return new ProtocolError('draining', `The server at ${this.address} went away: ${reason}`);
  }

  #open(): ClientSocket {
    const { address, curve, limits } = this.#options;
    return ClientSocket.connect({ address, curve, limits, lingerMilliseconds: LINGER });
  }

  async #greet(seconds: number): Promise<boolean> {
    const body = { versions: [...supportedVersions], service: 'environments' as const, software };
    const answer = await this.ask(
      encodeMessage({ type: 'hello', request: GREETING, body }),
      GREETING,
      undefined,
      seconds,
    );
    if (answer === undefined) return false;
    if (answer.type !== 'welcome') throw unexpected(answer.type, 'hello');
    this.#welcome = answer.body;
    return true;
  }

  /** The message; undefined when it arrived damaged, so that its question is asked again. */
  #decode(frames: readonly Uint8Array[]): ServerMessage | undefined {
    try {
      return decodeMessage(frames, { limits: this.#options.limits ?? defaultLimits, accept });
    } catch (error) {
      const { code, message } = error as ProtocolError;
      if (code === 'version') throw new InputError(`The server at ${this.address} can't be understood: ${message}`);
      this.complaint = message;
      return undefined;
    }
  }
}

/** @returns the error of an answer that doesn't belong to its question. */
export function unexpected(answer: string, request: string): ProtocolError {
  return new ProtocolError('malformed', `The server answered ${request} by ${answer}.`);
}
