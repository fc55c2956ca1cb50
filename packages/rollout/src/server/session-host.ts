import { encodeMessage } from '../protocol/codec.ts';
import type { Body } from '../protocol/messages.ts';
import type { SessionRequest } from './env-session.ts';
import { EnvSession, type SessionBounds } from './env-session.ts';
import { type EnvironmentSource, type MakeEnvironment, openSource } from './environment-source.ts';

/** What a session says of itself when it is made. */
export type MadeSession = Omit<Body<'made'>, 'leaseSeconds'>;

/** A place where sessions' environments live: this thread, or another. */
export interface SessionHost {
  /** How many sessions live here. */
  readonly sessions: number;
  /** Makes a session's environments. @throws as making them does. */
  open(session: string, body: Body<'make'>): Promise<MadeSession>;
  /**
   * Does what a session is asked for; one request of a session at a time.
   *
   * @returns The frames of the answer.
   * @throws what the environment threw, or that its thread is dead.
   */
  perform(message: SessionRequest): Uint8Array[] | Promise<Uint8Array[]>;
  /** Closes a session's environments; nothing happens when there are none. */
  drop(session: string): void;
  /** Ends a request that takes too long, if that is possible, and all sessions here with it. */
  abandon(reason: string): void;
  close(): Promise<void>;
}

/** Sessions whose environments live in this thread. */
export class LocalHost implements SessionHost {
  readonly #bounds: SessionBounds;
  readonly #make: MakeEnvironment;
  readonly #sessions = new Map<string, EnvSession>();

  private constructor(make: MakeEnvironment, bounds: SessionBounds) {
    this.#make = make;
    this.#bounds = bounds;
  }

  static async create(source: EnvironmentSource, bounds: SessionBounds): Promise<LocalHost> {
    return new LocalHost(await openSource(source), bounds);
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  async open(session: string, body: Body<'make'>): Promise<MadeSession> {
    const opened = await EnvSession.open(this.#make, body, this.#bounds);
    this.#sessions.set(session, opened);
    return opened.made;
  }

  perform(message: SessionRequest): Uint8Array[] {
    const { request, session } = message;
    const found = this.#sessions.get(session!);
    if (!found) throw new Error('The environments of the session are gone.');
    return encodeMessage({ ...found.perform(message), request, session });
  }

  drop(session: string): void {
    const found = this.#sessions.get(session);
    this.#sessions.delete(session);
    found?.close();
  }

  /** What runs in this thread can't be ended from it. */
  abandon(): void {}

  async close(): Promise<void> {
    for (const session of [...this.#sessions.keys()]) this.drop(session);
  }
}
