import type { Body } from '../protocol/messages.ts';
import type { SessionHost } from './session-host.ts';

/** A client's session as the server's thread knows it. Its environments live in its host. */
export interface Session {
  readonly id: string;
  /** Where it was asked for: id, count, options. */
  readonly made: Body<'make'>;
  readonly host: SessionHost;
  /** The connection that its answers go to; attaching from another moves it. */
  peer: string;
  /** The number of the last request that was begun. */
  lastRequest: number;
  /** The frames that answered it; undefined while it is under way. */
  lastAnswer: Uint8Array[] | undefined;
  /** Seconds of the server's clock. */
  heardAt: number;
  startedAt: number;
}

/** Running sessions, and how many environments they hold. */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();
  #environments = 0;

  get size(): number {
    return this.#sessions.size;
  }

  get environments(): number {
    return this.#environments;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
    this.#environments += session.made.count;
  }

  /** Takes a session out and closes its environments. */
  remove(session: Session): void {
    if (!this.#sessions.delete(session.id)) return;
    this.#environments -= session.made.count;
    session.host.drop(session.id);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Whether some session's request is under way. */
  get busy(): boolean {
    for (const { lastAnswer } of this.#sessions.values()) if (lastAnswer === undefined) return true;
    return false;
  }
}
