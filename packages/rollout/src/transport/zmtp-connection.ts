import type { Socket } from 'node:net';
import {
  encodeCommand,
  encodeFrames,
  encodeReady,
  FrameReader,
  GREETING_BYTES,
  greeting,
  greetingComplaint,
  speaksHeartbeat,
} from './zmtp-frames.ts';

/** What a connection is opened with. */
export interface ZmtpOptions {
  /** As READY tells it. */
  readonly socketType: 'DEALER' | 'ROUTER';
  /** Longer frames end the connection before memory is taken for them. */
  readonly maxFrameBytes: number;
  /** Messages that may wait to be sent. */
  readonly highWaterMark: number;
}

/** What its owner is told. */
export interface ZmtpOwner {
  /** The handshake is over. */
  opened(): void;
  arrived(frames: Buffer[]): void;
  /** Told once, whoever ended it. */
  closed(): void;
}

/** Milliseconds. A peer whose thread is busy answers late, so patience costs less here than a connection lost. */
const times = { handshake: 10_000, heartbeat: 5_000, patience: 30_000 };
/** Bytes of a PING's context, and bytes that may wait to be sent while PINGs are answered. */
const MAX_PONG_BYTES = 16;
const MAX_UNSENT_PONGS = 65_536;
const ping = encodeCommand('PING', Buffer.alloc(2));
/** Socket types that a DEALER or a ROUTER can talk to. */
const partners: Readonly<Record<ZmtpOptions['socketType'], readonly string[]>> = {
  DEALER: ['ROUTER', 'DEALER', 'REP'],
  ROUTER: ['DEALER', 'ROUTER', 'REQ'],
};

/**
 * One connection that speaks ZMTP 3.1 without keys, over a stream of Node's own: whoever speaks ZeroMQ is a peer. libzmq
 * hands each message to a thread of its own and back, four times a round trip; here it goes from the caller to the
 * system and from the system to the caller.
 */
export class ZmtpConnection {
  readonly #stream: Socket;
  readonly #options: ZmtpOptions;
  readonly #owner: ZmtpOwner;
  readonly #reader: FrameReader;
  readonly #handshake: NodeJS.Timeout;
  #heartbeat: NodeJS.Timeout | undefined;
  #greeting = Buffer.alloc(0);
  #state: 'greeting' | 'ready' | 'open' | 'closed' = 'greeting';
  #heartbeats = false;
  #heardAt = performance.now();
  /** Messages written since all had left. */
  #waiting = 0;

  constructor(stream: Socket, options: ZmtpOptions, owner: ZmtpOwner) {
    this.#stream = stream;
    this.#options = options;
    this.#owner = owner;
    this.#reader = new FrameReader(options.maxFrameBytes, {
      takeCommand: (name, data) => this.#takeCommand(name, data),
      takeMessage: (frames) => this.#takeMessage(frames),
    });
    this.#handshake = setTimeout(() => this.destroy(), times.handshake);
    this.#handshake.unref();
    stream.setNoDelay(true);
    stream.on('data', (chunk) => this.#read(chunk));
    stream.on('error', () => {});
    stream.on('end', () => this.destroy());
    stream.on('close', () => this.destroy());
    stream.write(greeting);
  }

  /** Whether messages can be sent. */
  get open(): boolean {
    return this.#state === 'open';
  }

  /**
   * Sends, or not at all.
   *
   * @param frames - Not to be changed: large ones are sent from where they are.
   * @returns false when the peer takes nothing more.
   */
  send(frames: readonly Uint8Array[]): boolean {
    if (this.#state !== 'open') return false;
    const stream = this.#stream;
    if (stream.writableLength === 0) this.#waiting = 0;
    else if (this.#waiting >= this.#options.highWaterMark) return false;
    this.#waiting += 1;
    const pieces = encodeFrames(frames);
    if (pieces.length === 1) {
      stream.write(pieces[0]);
      return true;
    }
    stream.cork();
    for (const piece of pieces) stream.write(piece);
    stream.uncork();
    return true;
  }

  /** Reads nothing until it is told to go on. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Whether the process stays for this connection. */
  keepAlive(wanted: boolean): void {
    if (wanted) this.#stream.ref();
    else this.#stream.unref();
  }

  /** Ends it once all has left, at the latest after so many milliseconds; what still arrives is not told. */
  end(lingerMilliseconds: number): void {
    if (this.#state !== 'open' || lingerMilliseconds <= 0) {
      this.destroy();
      return;
    }
    this.#state = 'closed';
    this.#settle();
    const stream = this.#stream;
    stream.end();
    // Read on: what is left unread when a stream is closed makes the system take back what was sent.
    stream.resume();
    stream.unref();
    const late = setTimeout(() => stream.destroy(), lingerMilliseconds);
    late.unref();
    stream.once('close', () => clearTimeout(late));
  }

  destroy(): void {
    this.#stream.destroy();
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#handshake);
    clearInterval(this.#heartbeat);
    this.#owner.closed();
  }

  #read(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    this.#heardAt = performance.now();
    try {
      if (this.#state === 'greeting') this.#readGreeting(chunk);
      else this.#reader.read(chunk);
    } catch {
      // What has lost its place in the stream can't find it again.
      this.destroy();
    }
  }

  #readGreeting(chunk: Buffer): void {
    this.#greeting = Buffer.concat([this.#greeting, chunk]);
    const received = this.#greeting;
    const complaint = greetingComplaint(received);
    if (complaint) throw new Error(complaint);
    if (received.length < GREETING_BYTES) return;
    this.#heartbeats = speaksHeartbeat(received);
    this.#state = 'ready';
    this.#stream.write(encodeReady(this.#options.socketType));
    this.#reader.read(received.subarray(GREETING_BYTES));
  }

  #takeCommand(name: string, data: Buffer): void {
    if (name === 'READY' && this.#state === 'ready') {
      this.#becomeReady(data);
      return;
    }
    if (name === 'ERROR' || this.#state !== 'open') throw new Error(`the command ${name}`);
    // PING has a time to live of two bytes before what PONG has to repeat. Who pings and takes no answer gets no more.
    if (name !== 'PING' || data.length < 2 || this.#stream.writableLength > MAX_UNSENT_PONGS) return;
    this.#stream.write(encodeCommand('PONG', data.subarray(2, 2 + MAX_PONG_BYTES)));
  }

  #becomeReady(metadata: Buffer): void {
    const partner = socketTypeIn(metadata);
    if (!partners[this.#options.socketType].includes(partner)) throw new Error(`a socket of type ${partner}`);
    clearTimeout(this.#handshake);
    this.#state = 'open';
    if (this.#heartbeats) this.#startHeartbeat();
    this.#owner.opened();
  }

  #takeMessage(frames: Buffer[]): void {
    if (this.#state === 'closed') return;
    if (this.#state !== 'open') throw new Error('a message before READY');
    this.#owner.arrived(frames);
  }

  #startHeartbeat(): void {
    let lookedAt = performance.now();
    this.#heartbeat = setInterval(() => {
      const now = performance.now();
      // While this thread was busy nobody could be heard.
      if (now - lookedAt > 2 * times.heartbeat || this.#stream.isPaused()) this.#heardAt = now;
      lookedAt = now;
      if (now - this.#heardAt > times.patience) this.destroy();
      else this.#stream.write(ping);
    }, times.heartbeat);
    this.#heartbeat.unref();
  }
}

/** The Socket-Type among READY's properties: names with a length of one byte, values with one of four. */
function socketTypeIn(metadata: Buffer): string {
  let at = 0;
  while (at < metadata.length) {
    const nameEnd = at + 1 + metadata[at];
    if (nameEnd + 4 > metadata.length) break;
    const valueEnd = nameEnd + 4 + metadata.readUInt32BE(nameEnd);
    if (valueEnd > metadata.length) break;
    const name = metadata.toString('latin1', at + 1, nameEnd).toLowerCase();
    if (name === 'socket-type') return metadata.toString('latin1', nameEnd + 4, valueEnd);
    at = valueEnd;
  }
  return 'unknown';
}
