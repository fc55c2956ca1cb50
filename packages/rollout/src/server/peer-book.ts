import { TokenBucket } from '../transport/token-bucket.ts';

/** How much a peer may send. */
export interface FloodLimits {
  /** Messages a second from one peer that has greeted; beyond it they are dropped unread. */
  readonly messagesPerSecond: number;
  /** Messages a second from all peers together that have not greeted. */
  readonly strangersPerSecond: number;
  /** Malformed messages after which a peer is heard no more. */
  readonly strikes: number;
  /** Peers that are remembered; beyond it those silent longest are forgotten and have to greet again. */
  readonly peers: number;
}

export const defaultFloodLimits: FloodLimits = {
  messagesPerSecond: 50_000,
  strangersPerSecond: 2_000,
  strikes: 32,
  peers: 4_096,
};

interface PeerEntry {
  bucket: TokenBucket;
  strikes: number;
  heardAt: number;
}

/** Who has greeted, and how much each has sent. Its memory is bounded however many connections come and go. */
export class PeerBook {
  readonly #limits: FloodLimits;
  readonly #peers = new Map<string, PeerEntry>();
  /** Strikes of peers that never greeted, newest last. */
  readonly #strangers = new Map<string, number>();
  readonly #strangerBucket: TokenBucket;

  constructor(limits: FloodLimits, now: number) {
    this.#limits = limits;
    this.#strangerBucket = new TokenBucket(limits.strangersPerSecond, limits.strangersPerSecond, now);
  }

  get size(): number {
    return this.#peers.size;
  }

  /** Peers that have greeted. */
  greeted(): Iterable<string> {
    return this.#peers.keys();
  }

  hasGreeted(peer: string): boolean {
    return this.#peers.has(peer);
  }

  /** Whether a message of this peer is to be read at all. */
  admits(peer: string, now: number): boolean {
    const entry = this.#peers.get(peer);
    if (!entry) return (this.#strangers.get(peer) ?? 0) < 1 && this.#strangerBucket.take(now);
    entry.heardAt = now;
    return entry.strikes < this.#limits.strikes && entry.bucket.take(now);
  }

  greet(peer: string, now: number): void {
    this.#strangers.delete(peer);
    if (this.#peers.has(peer)) return;
    const { messagesPerSecond, peers } = this.#limits;
    const bucket = new TokenBucket(messagesPerSecond, messagesPerSecond, now);
    this.#peers.set(peer, { bucket, strikes: 0, heardAt: now });
    if (this.#peers.size > peers) this.#forgetSilent();
  }

  forget(peer: string): void {
    this.#peers.delete(peer);
  }

  /** Notes a malformed message: a peer that never greeted is heard no more, another after several. */
  strike(peer: string): void {
    const entry = this.#peers.get(peer);
    if (entry) {
      entry.strikes += 1;
      return;
    }
    this.#strangers.set(peer, 1);
    if (this.#strangers.size > this.#limits.peers) this.#strangers.delete(this.#strangers.keys().next().value!);
  }

  /** Forgets peers that said nothing for so many seconds. */
  forgetSilentFor(seconds: number, now: number): void {
    for (const [peer, { heardAt }] of this.#peers) if (now - heardAt > seconds) this.#peers.delete(peer);
  }

  #forgetSilent(): void {
    let oldest: string | undefined;
    let heardAt = Number.POSITIVE_INFINITY;
    for (const [peer, entry] of this.#peers) {
      if (entry.heardAt >= heardAt) continue;
      oldest = peer;
      heardAt = entry.heardAt;
    }
    if (oldest !== undefined) this.#peers.delete(oldest);
  }
}
