/** A worker as its learner knows it. */
export interface CrewMember {
  /** The worker's own name, the same over its connections. */
  readonly name: string;
  /** Its connection now. */
  peer: string;
  credits: number;
  /** When it gave a sign of life, in seconds; a newcomer has some in advance. */
  heardAt: number;
  /** Versions of policies that were sent over this connection. */
  readonly policies: Set<number>;
  /** How often in a row its heartbeats didn't name a task that it was given, by shard. */
  readonly unnamed: Map<number, number>;
  /** It took too long for a task and hasn't given a result since; others go first. */
  isSlow: boolean;
}

/** The workers that a learner has now. */
export class Crew {
  readonly #members = new Map<string, CrewMember>();
  readonly #byPeer = new Map<string, CrewMember>();

  get size(): number {
    return this.#members.size;
  }

  members(): CrewMember[] {
    return [...this.#members.values()];
  }

  byName(name: string): CrewMember | undefined {
    return this.#members.get(name);
  }

  byPeer(peer: string): CrewMember | undefined {
    return this.#byPeer.get(peer);
  }

  /**
   * Takes a worker in, or takes note of its new connection.
   *
   * @param heardAt - In the future for a newcomer that has much to load before it can speak again.
   * @returns whether it is new.
   */
  join(name: string, peer: string, credits: number, heardAt: number): boolean {
    const known = this.#members.get(name);
    if (known) {
      this.#byPeer.delete(known.peer);
      if (known.peer !== peer) known.policies.clear();
      Object.assign(known, { peer, credits, heardAt: Math.max(known.heardAt, heardAt) });
      this.#byPeer.set(peer, known);
      return false;
    }
    const member: CrewMember = {
      name,
      peer,
      credits,
      heardAt,
      policies: new Set(),
      unnamed: new Map(),
      isSlow: false,
    };
    this.#members.set(name, member);
    this.#byPeer.set(peer, member);
    return true;
  }

  /** Takes note of a sign of life. */
  hear(member: CrewMember, now: number): void {
    member.heardAt = Math.max(member.heardAt, now);
  }

  leave(member: CrewMember): void {
    this.#members.delete(member.name);
    this.#byPeer.delete(member.peer);
  }

  /** Workers that said nothing since a moment. */
  silentSince(moment: number): CrewMember[] {
    return this.members().filter(({ heardAt }) => heardAt < moment);
  }

  /** Lets no silence count for so many seconds, in which this process didn't listen. */
  forgive(seconds: number): void {
    for (const member of this.#members.values()) member.heardAt += seconds;
  }
}
