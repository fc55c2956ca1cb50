import { connect } from 'node:net';
import type { Place } from './place.ts';
import type { ClientTransport } from './transports.ts';
import { ZmtpConnection, type ZmtpOptions } from './zmtp-connection.ts';

/** Milliseconds. */
const times = { connect: 5_000, firstPause: 50, longestPause: 1_000 };

/** Options of {@link ZmtpClient}. */
export interface ZmtpClientOptions extends Omit<ZmtpOptions, 'socketType'> {
  readonly place: Place;
  /** How long closing waits for messages to leave. */
  readonly lingerMilliseconds: number;
}

/** A DEALER with one peer and no keys, on Node's own sockets; it connects again by itself. */
export class ZmtpClient implements ClientTransport {
  readonly #options: ZmtpClientOptions;
  #connection: ZmtpConnection;
  /** Messages that wait for the connection. */
  readonly #unsent: (readonly Uint8Array[])[] = [];
  /** Messages that wait to be received. */
  #received: Buffer[][] = [];
  /** Who waits to receive. */
  #receiver: ((frames: Buffer[] | undefined) => void) | undefined;
  #pause = times.firstPause;
  #again: NodeJS.Timeout | undefined;
  closed = false;

  constructor(options: ZmtpClientOptions) {
    this.#options = options;
    this.#connection = this.#connect();
    this.#keepAlive(false);
  }

  send(frames: readonly Uint8Array[]): Promise<boolean> {
    if (this.closed) return refused;
    if (this.#connection.open) return this.#connection.send(frames) ? sent : refused;
    if (this.#unsent.length >= this.#options.highWaterMark) return refused;
    this.#unsent.push(frames);
    return sent;
  }

  receive(milliseconds: number): Promise<Buffer[] | undefined> {
    const frames = this.#take();
    if (frames || this.closed) return Promise.resolve(frames);
    return new Promise((resolve) => this.#await(milliseconds, resolve));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.#again);
    this.#connection.end(this.#options.lingerMilliseconds);
    this.#receiver?.(undefined);
  }

  #take(): Buffer[] | undefined {
    const frames = this.#received.shift();
    if (frames && this.#received.length === this.#options.highWaterMark - 1) this.#connection.resume();
    return frames;
  }

  /** Waits for a message; the process stays meanwhile. */
  #await(milliseconds: number, resolve: (frames: Buffer[] | undefined) => void): void {
    let late: NodeJS.Timeout | undefined;
    this.#receiver = (frames) => {
      this.#receiver = undefined;
      this.#keepAlive(false);
      clearTimeout(late);
      resolve(frames);
    };
    const giveUp = () => this.#receiver?.(undefined);
    // A turn of the event loop brings what has arrived already.
    if (milliseconds <= 0) setImmediate(() => setImmediate(giveUp));
    else if (milliseconds < Number.POSITIVE_INFINITY) late = setTimeout(giveUp, Math.ceil(milliseconds));
    this.#keepAlive(true);
  }

  /** Whether the process stays for this client, as it does while somebody waits. */
  #keepAlive(wanted: boolean): void {
    this.#connection.keepAlive(wanted);
    if (wanted) this.#again?.ref();
    else this.#again?.unref();
  }

  #connect(): ZmtpConnection {
    const stream = connect(this.#options.place);
    stream.setTimeout(times.connect, () => stream.connecting && stream.destroy());
    stream.once('connect', () => stream.setTimeout(0));
    const owner = {
      opened: () => this.#flush(),
      arrived: (frames: Buffer[]) => this.#arrived(frames),
      closed: () => this.#connectLater(),
    };
    return new ZmtpConnection(stream, { ...this.#options, socketType: 'DEALER' }, owner);
  }

  #flush(): void {
    this.#pause = times.firstPause;
    for (const frames of this.#unsent.splice(0)) this.#connection.send(frames);
  }

  #arrived(frames: Buffer[]): void {
    if (this.#receiver) this.#receiver(frames);
    // More than the mark when a connection before this one had filled it.
    else if (this.#received.push(frames) >= this.#options.highWaterMark) this.#connection.pause();
  }

  #connectLater(): void {
    if (this.closed) return;
    this.#again = setTimeout(() => {
      this.#connection = this.#connect();
      this.#keepAlive(this.#receiver !== undefined);
    }, this.#pause);
    this.#keepAlive(this.#receiver !== undefined);
    this.#pause = Math.min(2 * this.#pause, times.longestPause);
  }
}

const sent = Promise.resolve(true);
const refused = Promise.resolve(false);
