import type { Generator } from '@understudy/random';
import { Dealer, Router } from 'zeromq';

/** How likely each thing befalls a message, from 0 to 1. */
export interface MessageFaults {
  readonly duplicate: number;
  readonly drop: number;
  /** Comes later by up to 40 ms, so also after those that were sent later. */
  readonly delay: number;
  /** Loses the end of a frame. */
  readonly truncate: number;
}

const none: MessageFaults = { duplicate: 0, drop: 0, delay: 0, truncate: 0 };
const MAX_DELAY_MILLISECONDS = 40;

/**
 * A proxy of whole messages between clients and a server, which may duplicate, drop, delay, reorder and truncate them: more
 * than TCP does, and what a relay or a broken peer might.
 */
export class MessageProxy {
  readonly address: string;
  faults: MessageFaults = none;
  /** What befell messages so far. */
  readonly counts = { passed: 0, duplicate: 0, drop: 0, delay: 0, truncate: 0 };
  readonly #router: Router;
  readonly #target: string;
  readonly #random: Generator;
  readonly #backends = new Map<string, Dealer>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(router: Router, target: string, random: Generator) {
    this.#router = router;
    this.#target = target;
    this.#random = random;
    this.address = router.lastEndpoint!.replace(/\0$/, '');
    void this.#passUp();
  }

  static async bind(target: string, random: Generator): Promise<MessageProxy> {
    const router = new Router({ linger: 0, sendTimeout: 0 });
    await router.bind('tcp://127.0.0.1:*');
    return new MessageProxy(router, target, random);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#router.close();
    for (const dealer of this.#backends.values()) dealer.close();
  }

  async #passUp(): Promise<void> {
    await untilClosed(this.#router, async ([peer, ...frames]) => {
      const name = peer.toString('latin1');
      let backend = this.#backends.get(name);
      if (!backend) {
        backend = new Dealer({ linger: 0, sendTimeout: 0 });
        backend.connect(this.#target);
        this.#backends.set(name, backend);
        void this.#passDown(peer, backend);
      }
      this.#pass(frames, backend);
    });
  }

  async #passDown(peer: Buffer, backend: Dealer): Promise<void> {
    await untilClosed(backend, async (frames) => this.#pass(frames, this.#router, peer));
  }

  #pass(frames: Buffer[], to: Router | Dealer, ...address: Buffer[]): void {
    const { duplicate, drop, delay, truncate } = this.faults;
    const befalls = (chance: number, what: keyof MessageProxy['counts']) => {
      if (chance === 0 || this.#random.random() >= chance) return false;
      this.counts[what]++;
      return true;
    };
    if (befalls(drop, 'drop')) return;
    const sent = befalls(truncate, 'truncate') ? this.#shorten(frames) : frames;
    const copies = befalls(duplicate, 'duplicate') ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const send = () => void to.send([...address, ...sent]).catch(() => {});
      if (befalls(delay, 'delay')) this.#later(send);
      else send();
    }
    this.counts.passed++;
  }

  #shorten(frames: Buffer[]): Buffer[] {
    const at = this.#random.integers(0, frames.length);
    const length = this.#random.integers(0, frames[at].length + 1);
    return frames.map((frame, i) => (i === at ? frame.subarray(0, length) : frame));
  }

  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, this.#random.random() * MAX_DELAY_MILLISECONDS);
    this.#timers.add(timer);
  }
}

/** Hands over every message until the socket is closed, in whose moment reading may fail. */
async function untilClosed(socket: Router | Dealer, take: (frames: Buffer[]) => Promise<void>): Promise<void> {
  try {
    for await (const frames of socket) await take(frames);
  } catch (error) {
    if (!socket.closed) throw error;
  }
}
