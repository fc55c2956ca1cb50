import type { Server, Socket } from 'node:net';
import { endpointOf, listenAt } from './local-listener.ts';
import type { Place } from './place.ts';
import type { Arrival, ServerTransport } from './transports.ts';
import { ZmtpConnection, type ZmtpOptions } from './zmtp-connection.ts';

/** Options of {@link ZmtpServer.listen}. */
export interface ZmtpServerOptions extends Omit<ZmtpOptions, 'socketType'> {
  readonly place: Place;
  /** How long closing waits for messages to leave. */
  readonly lingerMilliseconds: number;
}

/** A peer, and its messages that wait to be received. */
interface Peer {
  readonly name: string;
  readonly connection: ZmtpConnection;
  readonly received: Buffer[][];
}

/** A ROUTER without keys, on Node's own sockets. Peers are heard in turn. */
export class ZmtpServer implements ServerTransport {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #options: ZmtpServerOptions;
  readonly #peers = new Map<string, Peer>();
  /** Those with messages that wait, each once. */
  readonly #turns: Peer[] = [];
  #receiver: ((arrival: Arrival | undefined) => void) | undefined;
  #accepted = 0;
  closed = false;

  private constructor(server: Server, options: ZmtpServerOptions) {
    this.#server = server;
    this.#options = options;
    this.endpoint = endpointOf(server);
    server.on('connection', (stream) => this.#accept(stream));
  }

  /** @throws what {@link listenAt} throws. */
  static async listen(options: ZmtpServerOptions): Promise<ZmtpServer> {
    return new ZmtpServer(await listenAt(options.place), options);
  }

  receive(): Promise<Arrival | undefined> {
    const arrival = this.#take();
    if (arrival || this.closed) return Promise.resolve(arrival);
    return new Promise((resolve) => {
      this.#receiver = resolve;
    });
  }

  send(peer: string, frames: readonly Uint8Array[]): Promise<boolean> {
    return Promise.resolve(this.#peers.get(peer)?.connection.send(frames) ?? false);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#server.close();
    for (const { connection } of [...this.#peers.values()]) connection.end(this.#options.lingerMilliseconds);
    this.#receiver?.(undefined);
  }

  #accept(stream: Socket): void {
    const name = `${++this.#accepted}`;
    const owner = {
      opened: () => {},
      arrived: (frames: Buffer[]) => this.#arrived(peer, frames),
      closed: () => this.#peers.delete(name),
    };
    const connection = new ZmtpConnection(stream, { ...this.#options, socketType: 'ROUTER' }, owner);
    const peer: Peer = { name, connection, received: [] };
    this.#peers.set(name, peer);
  }

  #arrived(peer: Peer, frames: Buffer[]): void {
    const receiver = this.#receiver;
    if (receiver) {
      this.#receiver = undefined;
      receiver({ peer: peer.name, frames });
      return;
    }
    const waiting = peer.received.push(frames);
    if (waiting === 1) this.#turns.push(peer);
    if (waiting === this.#options.highWaterMark) peer.connection.pause();
  }

  /** The next message of the peer whose turn it is. */
  #take(): Arrival | undefined {
    const peer = this.#turns.shift();
    if (!peer) return undefined;
    const frames = peer.received.shift()!;
    if (peer.received.length > 0) this.#turns.push(peer);
    if (peer.received.length === this.#options.highWaterMark - 1) peer.connection.resume();
    return { peer: peer.name, frames };
  }
}
