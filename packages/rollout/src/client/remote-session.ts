import { randomBytes } from 'node:crypto';
import { encodeMessage, type OutgoingMessage } from '../protocol/codec.ts';
import type { AnyMessage, Body, Message } from '../protocol/messages.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { whySilent } from '../transport/why-silent.ts';
import type { RecoveryOptions, ResolvedConnectOptions } from './client-options.ts';
import { Connection, type ServerMessage, unexpected } from './connection.ts';
import { type Change, RecoveryLog } from './recovery-log.ts';
import { checkMade } from './rows.ts';
import { TimeoutError } from './timeout-error.ts';

/** Numbered requests of a session. */
type RequestType = 'make' | 'reset' | 'resetAt' | 'step' | 'save' | 'restore' | 'render' | 'close';
type Request = { [T in RequestType]: OutgoingMessage<T> }[RequestType];

const now = (): number => performance.now() / 1000;

/** The pause before a server that went away is tried again, in milliseconds. */
const PAUSE = 100;

/** Thrown where the session is gone and may be made anew. */
class SessionLost extends Error {}

/**
 * A session on a server: every request is done exactly once however often the connection breaks, and, with a recovery
 * log, however often the server dies.
 */
export class RemoteSession {
  readonly #options: ResolvedConnectOptions;
  readonly #connection: Connection;
  readonly #make: Body<'make'>;
  readonly #log: RecoveryLog | undefined;
  #id = newSessionId();
  #lastRequest = 0;
  #made: Body<'made'> | undefined;
  /** How often the environments were made anew. */
  recoveries = 0;

  private constructor(
    connection: Connection,
    options: ResolvedConnectOptions,
    make: Body<'make'>,
    log: RecoveryLog | undefined,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#make = make;
    this.#log = log;
  }

  /**
   * Connects and makes the environments.
   *
   * @throws InputError when the server isn't there, doesn't offer the environment, or refuses its options.
   */
  static async make(
    options: ResolvedConnectOptions,
    make: Body<'make'>,
    recover: boolean | RecoveryOptions = false,
  ): Promise<RemoteSession> {
    const { everySteps = 256 } = typeof recover === 'object' ? recover : {};
    const log = recover ? new RecoveryLog(everySteps, make.autoresetMode !== 'disabled') : undefined;
    const session = new RemoteSession(await Connection.open(options), options, make, log);
    try {
      await session.#makeEnvironments(now() + options.requestSeconds);
      return session;
    } catch (error) {
      session.disconnect();
      throw error;
    }
  }

  get made(): Body<'made'> {
    return this.#made!;
  }

  /** How often a sign of life is due, in seconds. */
  get heartbeatSeconds(): number {
    return this.#connection.welcome.heartbeatSeconds;
  }

  /** Changes the environments. @throws what the server refuses, and {@link TimeoutError}. */
  async change(change: Change): Promise<AnyMessage<'state' | 'stepped'>> {
    const expected = change.type === 'step' ? 'stepped' : 'state';
    const answer = await this.#request(change);
    if (answer.type !== expected) throw unexpected(answer.type, change.type);
    if (this.#log) {
      this.#log.add(change);
      if (this.#log.due) this.#log.saved((await this.save()).arrays.state.data);
    }
    return answer as AnyMessage<'state' | 'stepped'>;
  }

  async save(): Promise<Message<'saved'>> {
    const answer = await this.#request({ type: 'save', body: {} });
    if (answer.type !== 'saved') throw unexpected(answer.type, 'save');
    return answer;
  }

  async render(body: Body<'render'>): Promise<Message<'frame'>> {
    const answer = await this.#request({ type: 'render', body });
    if (answer.type !== 'frame') throw unexpected(answer.type, 'render');
    return answer;
  }

  /** Keeps the session's lease, over a new connection if the server doesn't know this one. */
  async ping(): Promise<void> {
    if (await this.#connection.ping(this.#id)) return;
    try {
      await this.#renew(this.#lastRequest + 1, now() + this.#options.retrySeconds);
    } catch {
      // The next request tries again, and tells if that fails too.
    }
  }

  /** Closes the environments on the server, if it can be reached soon, and the connection. */
  async close(): Promise<void> {
    const request = this.#lastRequest + 1;
    const frames = encodeMessage({ type: 'close', request, session: this.#id, body: {} });
    const seconds = Math.min(this.#options.retrySeconds, this.#options.requestSeconds);
    try {
      await this.#connection.ask(frames, request, this.#id, seconds);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    } finally {
      this.disconnect();
    }
  }

  disconnect(): void {
    this.#connection.close();
  }

  async #request(request: Request): Promise<ServerMessage> {
    const until = now() + this.#options.requestSeconds;
    for (;;) {
      try {
        return await this.#once(request, until);
      } catch (error) {
        if (!(error instanceof SessionLost)) throw error;
        if (!this.#log) throw new ProtocolError('unknown-session', error.message);
        await this.#recover(until);
      }
    }
  }

  /** Asks until there is an answer, over as many connections as it takes. */
  async #once(request: Request, until: number): Promise<ServerMessage> {
    const number = this.#lastRequest + 1;
    const frames = encodeMessage({ ...request, request: number, session: this.#id } as OutgoingMessage<RequestType>);
    for (;;) {
      const seconds = Math.min(this.#options.retrySeconds, until - now());
      try {
        const answer = await this.#connection.ask(frames, number, this.#id, Math.max(seconds, 0));
        if (answer) {
          this.#lastRequest = number;
          return answer;
        }
      } catch (error) {
        if (!isSessionError(error)) {
          // The server has done the request, by failing.
          this.#lastRequest = number;
          throw error;
        }
        // A server that was bound anew knows the session but not the connection: attaching tells.
        if (error.code === 'draining' && !this.#log) throw error;
      }
      await this.#renew(number, until);
    }
  }

  /** Connects anew and finds the session again. */
  async #renew(number: number, until: number): Promise<void> {
    for (;;) {
      const left = until - now();
      if (left <= 0) {
        const { address, requestSeconds } = this.#options;
        const { complaint } = this.#connection;
        const hint = complaint ? ` (the last message that arrived damaged: ${complaint})` : '';
        const why = await whySilent(this.#options, 'understudy serve');
        throw new TimeoutError(`The server at ${address} did not answer within ${requestSeconds} s${hint}; ${why}.`);
      }
      try {
        const seconds = Math.min(left, this.#options.retrySeconds);
        if ((await this.#connection.renew(seconds)) && (await this.#attach(number, seconds))) return;
      } catch (error) {
        if (!(error instanceof ProtocolError) || error.code !== 'draining' || !this.#log) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  async #attach(number: number, seconds: number): Promise<boolean> {
    const frames = encodeMessage({ type: 'attach', request: 0, session: this.#id, body: {} });
    try {
      const answer = await this.#connection.ask(frames, 0, this.#id, seconds);
      if (!answer) return false;
      if (answer.type !== 'attached') throw unexpected(answer.type, 'attach');
      const { lastRequest } = answer.body;
      if (lastRequest === number || lastRequest === number - 1) return true;
      throw new ProtocolError('sequence', `The server stands at request ${lastRequest}, this client at ${number}.`);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== 'unknown-session') throw error;
      // Not made yet, so there is nothing to find.
      if (number === 1) return true;
      throw this.#lost();
    }
  }

  #lost(): SessionLost {
    return new SessionLost(
      `The server at ${this.#options.address} no longer has the session: it was restarted, or the lease ended.`,
    );
  }

  async #makeEnvironments(until: number): Promise<void> {
    this.#id = newSessionId();
    this.#lastRequest = 0;
    const answer = await this.#once({ type: 'make', body: this.#make }, until);
    if (answer.type !== 'made') throw unexpected(answer.type, 'make');
    checkMade(answer.body, this.#make.count, this.#connection.welcome.limits.messageBytes);
    this.#made = answer.body;
  }

  /** Makes the environments anew, where they were; a server that dies meanwhile is waited for as well. */
  async #recover(until: number): Promise<void> {
    for (;;) {
      try {
        await this.#makeEnvironments(until);
        for (const change of this.#log!.replay()) await this.#once(change, until);
        this.recoveries += 1;
        return;
      } catch (error) {
        if (!(error instanceof SessionLost)) throw error;
      }
    }
  }
}

/** Whether an error tells of the session or the server, and not of the request. */
function isSessionError(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && (error.code === 'unknown-session' || error.code === 'draining');
}

/** 128 random bits: who knows it may use the session. */
function newSessionId(): string {
  return randomBytes(16).toString('hex');
}
