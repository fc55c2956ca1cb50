import type { EventType, Observer, Router } from 'zeromq';
import { TokenBucket } from '../transport/token-bucket.ts';

/** A peer that was not let in. */
export interface Refusal {
  /** In words, for a log. */
  readonly reason: string;
  /** Where it came from, where that is known. */
  readonly address?: string;
  /** The fingerprint of the key that it showed, where it showed one. */
  readonly fingerprint?: string;
}

/** Writes a line of a log. */
export type WriteLine = (line: string) => void;

/** Lines in a burst, and lines a second after it. */
const BURST = 20;
const PER_SECOND = 1;
/** Seconds until the same line is told again; and how many lines are remembered for that. */
const REPEAT_SECONDS = 10;
const REMEMBERED = 256;

/**
 * Tells of refusals in a bounded number of lines, however many there are. The same line is not told again for a while: who
 * knocks twenty times a second doesn't hide the others.
 */
export class RefusalLog {
  readonly #write: WriteLine;
  readonly #now: () => number;
  readonly #bucket: TokenBucket;
  /** Lines of late: when each was told, and how often it was left out since. */
  readonly #recent = new Map<string, { toldAt: number; left: number }>();
  #left = 0;
  #count = 0;

  /** @param now - Seconds, of any clock that only goes forward. */
  constructor(write: WriteLine, now: () => number = () => performance.now() / 1000) {
    this.#write = write;
    this.#now = now;
    this.#bucket = new TokenBucket(PER_SECOND, BURST, now());
  }

  /** All refusals so far, told or not. */
  get count(): number {
    return this.#count;
  }

  add({ reason, address, fingerprint }: Refusal): void {
    this.#count++;
    const from = address ? ` from ${printable(address)}` : '';
    const key = fingerprint ? ` with the key ${fingerprint}` : '';
    const line = `Refused a peer${from}${key}: ${printable(reason)}`;
    const now = this.#now();
    const recent = this.#recent.get(line);
    if (recent && now - recent.toldAt < REPEAT_SECONDS) {
      recent.left++;
      return;
    }
    if (!this.#bucket.take(now)) {
      this.#left++;
      return;
    }
    const left = this.#left + (recent?.left ?? 0);
    this.#left = 0;
    this.#remember(line, now);
    this.#write(`${line}${left > 0 ? ` (${left} more were refused before)` : ''}.`);
  }

  #remember(line: string, toldAt: number): void {
    this.#recent.delete(line);
    if (this.#recent.size >= REMEMBERED) {
      const [oldest] = this.#recent.keys();
      this.#left += this.#recent.get(oldest)?.left ?? 0;
      this.#recent.delete(oldest);
    }
    this.#recent.set(line, { toldAt, left: 0 });
  }
}

/** What a stranger sent must not move the reader's cursor. */
function printable(text: string): string {
  return text.slice(0, 300).replaceAll(/[^\x20-\x7e]/g, '?');
}

/**
 * Tells of peers that fail before any key is shown: no ZeroMQ at all, no CURVE, or another server's key.
 *
 * libzmq tells neither where such a peer came from nor, for one that speaks an ancient ZMTP or none, that it was cut off:
 * such a one is known by its disconnection while a handshake was under way. Should another client happen to leave in this
 * very moment, one line too many is told.
 *
 * @param router - Before it is bound.
 */
export function watchHandshakes(router: Router, log: RefusalLog): void {
  void followEvents(router.events, new HandshakeWatch(log));
}

/** Until the socket is closed; then an event that was just being read fails in some way or other, which is its end too. */
async function followEvents(events: Observer, watch: HandshakeWatch): Promise<void> {
  try {
    for await (const { type } of events) watch.heed(type);
  } catch (error) {
    if (!events.closed) throw error;
  }
}

/** Tells handshakes that failed from those that ended well. */
class HandshakeWatch {
  readonly #log: RefusalLog;
  /** Connections whose handshake is under way. */
  #pending = 0;

  constructor(log: RefusalLog) {
    this.#log = log;
  }

  heed(type: EventType): void {
    switch (type) {
      case 'accept':
        this.#pending += 1;
        break;
      case 'handshake':
      // The handler has told of this one.
      case 'handshake:error:auth':
        this.#settle();
        break;
      case 'handshake:error:protocol':
        this.#refuse(
          'it has no key, or that of another server: its handshake was none of CURVE for the key of this one',
        );
        break;
      case 'handshake:error:other':
        this.#refuse('it left, or said too little, before its handshake was done');
        break;
      case 'disconnect':
        if (this.#pending > 0) this.#refuse('it is no ZeroMQ peer, or left before its handshake was done');
    }
  }

  #settle(): void {
    this.#pending = Math.max(0, this.#pending - 1);
  }

  #refuse(reason: string): void {
    this.#settle();
    this.#log.add({ reason });
  }
}
