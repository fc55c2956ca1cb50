import { encodeMessage } from '../protocol/codec.ts';
import type { AnyMessage, Message } from '../protocol/messages.ts';
import { errorBody, ProtocolError } from '../protocol/protocol-error.ts';
import type { SessionRequest } from './env-session.ts';
import { checkOffered, type OfferedEnvironment } from './environment-source.ts';
import type { HostPool } from './host-pool.ts';
import type { ResolvedServerOptions } from './server-options.ts';
import { type Session, SessionTable } from './session-table.ts';

/** Messages that belong to a session. */
export type SessionMessage = AnyMessage<'make' | 'attach' | 'close'> | SessionRequest;

/** Sends the frames of an answer to a peer, or not at all. */
export type SendFrames = (peer: string, frames: Uint8Array[]) => Promise<boolean>;

/** Sessions and their numbered requests, each done once. Times are seconds of the server's clock. */
export class SessionService {
  readonly #options: ResolvedServerOptions;
  readonly #hosts: HostPool;
  readonly #offered: ReadonlyMap<string, OfferedEnvironment>;
  readonly #send: SendFrames;
  readonly #clock: () => number;
  readonly #sessions = new SessionTable();
  /** Environment steps, over all sub-environments. */
  steps = 0;
  /** Nothing new is begun any more. */
  draining = false;

  constructor(
    options: ResolvedServerOptions,
    hosts: HostPool,
    offered: ReadonlyMap<string, OfferedEnvironment>,
    send: SendFrames,
    clock: () => number,
  ) {
    this.#options = options;
    this.#hosts = hosts;
    this.#offered = offered;
    this.#send = send;
    this.#clock = clock;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get environments(): number {
    return this.#sessions.environments;
  }

  /** Whether some request is under way. */
  get busy(): boolean {
    return this.#sessions.busy;
  }

  /** Keeps a session's lease. @throws ProtocolError `unknown-session`. */
  touch(message: Message<'ping'>, at: number): void {
    this.#find(message).heardAt = at;
  }

  /** @throws ProtocolError where the message is refused without being counted. */
  async handle(peer: string, message: SessionMessage, at: number): Promise<void> {
    if (message.type === 'make' && !this.#sessions.get(message.session!)) return this.#make(peer, message, at);
    const session = this.#find(message);
    if (message.type === 'attach') {
      session.peer = peer;
      session.heardAt = at;
      const { request, session: id } = message;
      const attached = { type: 'attached' as const, request, session: id, body: { lastRequest: session.lastRequest } };
      await this.#send(peer, encodeMessage(attached));
      return;
    }
    await this.#request(session, peer, message, at);
  }

  /** Closes sessions whose lease has ended, and ends threads that don't answer. */
  sweep(at: number): void {
    const { leaseSeconds, requestSeconds, log } = this.#options;
    for (const session of this.#sessions.all()) {
      const waiting = session.lastAnswer === undefined;
      if (waiting && at - session.startedAt > requestSeconds) {
        session.host.abandon(`A request took more than ${requestSeconds} s; its thread was ended.`);
      } else if (!waiting && at - session.heardAt > leaseSeconds) {
        log(`The lease of a session of ${session.made.id} has ended.`);
        this.#sessions.remove(session);
      }
    }
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.all()) this.#sessions.remove(session);
    await this.#hosts.close();
  }

  #find({ session: id, request }: { session?: string; request?: number }): Session {
    const session = this.#sessions.get(id!);
    if (session) return session;
    throw new ProtocolError('unknown-session', 'The server has no such session; its lease may have ended.', {
      request,
      session: id,
    });
  }

  /** Begins a session, its first request. */
  async #make(peer: string, message: Message<'make'>, at: number): Promise<void> {
    const { request, session: id, body } = message;
    const { maxSessions, maxEnvironments, leaseSeconds, log } = this.#options;
    const refused = { request, session: id };
    if (this.draining) throw new ProtocolError('draining', 'The server shuts down and makes nothing new.', refused);
    if (request !== 1) throw new ProtocolError('sequence', 'make is request 1 of its session.', refused);
    try {
      checkOffered(body.id, this.#offered);
    } catch (error) {
      throw new ProtocolError((error as ProtocolError).code, (error as Error).message, refused);
    }
    if (this.#sessions.size >= maxSessions) {
      throw new ProtocolError('busy', `The server holds ${maxSessions} sessions, as many as it may.`, refused);
    }
    if (this.#sessions.environments + body.count > maxEnvironments) {
      const held = `holds ${this.#sessions.environments} environments and may hold ${maxEnvironments}`;
      throw new ProtocolError('busy', `The server ${held}; ${body.count} more are too many.`, refused);
    }
    const host = await this.#hosts.pick();
    const times = { heardAt: at, startedAt: at };
    const session: Session = { id: id!, made: body, host, peer, lastRequest: 1, lastAnswer: undefined, ...times };
    this.#sessions.add(session);
    const opened = host.open(session.id, body).then(
      (made) => {
        log(`Made ${body.count} ${body.id}.`);
        return encodeMessage({ type: 'made', request, session: id, body: { ...made, leaseSeconds } });
      },
      (error) => {
        this.#sessions.remove(session);
        throw error;
      },
    );
    void this.#answer(session, 1, opened);
  }

  /** Runs a numbered request, once: its repetition gets the same answer. */
  #request(session: Session, peer: string, message: SessionMessage, at: number): unknown {
    const { request, session: id } = message;
    const refused = { request, session: id };
    if (session.peer !== peer) {
      throw new ProtocolError('unknown-session', 'The session belongs to another connection; attach first.', refused);
    }
    session.heardAt = at;
    // Under way it is answered when it is done.
    if (request === session.lastRequest) return session.lastAnswer && this.#send(peer, session.lastAnswer);
    if (request !== session.lastRequest + 1 || session.lastAnswer === undefined) {
      const expected = session.lastAnswer
        ? `${session.lastRequest} or ${session.lastRequest + 1}`
        : session.lastRequest;
      throw new ProtocolError('sequence', `Request ${request} is out of order, expected ${expected}.`, refused);
    }
    if (this.draining) throw new ProtocolError('draining', 'The server shuts down.', refused);
    if (message.type === 'close') {
      this.#sessions.remove(session);
      return this.#send(peer, encodeMessage({ type: 'closed', request, session: id, body: {} }));
    }
    session.lastRequest = request;
    session.lastAnswer = undefined;
    session.startedAt = at;
    return this.#perform(session, message as SessionRequest);
  }

  #perform(session: Session, message: SessionRequest): unknown {
    const number = session.lastRequest;
    let performed: Uint8Array[] | Promise<Uint8Array[]>;
    try {
      performed = session.host.perform(message);
    } catch (error) {
      performed = this.#failure(session, number, error);
    }
    if (message.type === 'step') this.steps += message.arrays.actions.shape.slice(0, -1).reduce((a, b) => a * b);
    if (!(performed instanceof Promise)) return this.#finish(session, number, performed);
    void this.#answer(session, number, performed);
    return undefined;
  }

  /** Answers when the host has, also when it fails. */
  async #answer(session: Session, number: number, performed: Promise<Uint8Array[]>): Promise<void> {
    let frames: Uint8Array[];
    try {
      frames = await performed;
    } catch (error) {
      frames = this.#failure(session, number, error);
    }
    await this.#finish(session, number, frames);
  }

  #failure(session: Session, request: number, error: unknown): Uint8Array[] {
    this.#options.log(`${session.made.id}: ${(error as Error).message}`);
    return encodeMessage({ type: 'error', request, session: session.id, body: errorBody(error, 'failed') });
  }

  async #finish(session: Session, number: number, frames: Uint8Array[]): Promise<void> {
    if (session.lastRequest !== number) return;
    session.lastAnswer = frames;
    session.heardAt = this.#clock();
    // A client that takes nothing more asks again, and gets this answer.
    await this.#send(session.peer, frames);
  }
}
