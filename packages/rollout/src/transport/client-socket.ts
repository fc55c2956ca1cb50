import { Dealer } from 'zeromq';
import { checkPort, checkReach, parseAddress } from './address.ts';
import { type CurveClientKeys, commonOptions, type SocketOptions, zeromqCode } from './socket-options.ts';

/** Options of {@link ClientSocket.connect}. */
export interface ClientSocketOptions extends SocketOptions {
  /** Needed for addresses beyond this machine. */
  readonly curve?: CurveClientKeys;
}

/** The connecting end: a DEALER with one peer. It connects again by itself when the connection is lost. */
export class ClientSocket {
  readonly address: string;
  /** The socket below, for monitoring. */
  readonly dealer: Dealer;

  private constructor(dealer: Dealer, address: string) {
    this.dealer = dealer;
    this.address = address;
  }

  /**
   * Begins to connect; that nobody answers shows when nothing is received.
   *
   * @throws InputError when the address is none, or beyond this machine without keys.
   */
  static connect(options: ClientSocketOptions): ClientSocket {
    const { curve, lingerMilliseconds = 0 } = options;
    const address = parseAddress(options.address);
    checkReach(address, curve);
    checkPort(address);
    const dealer = new Dealer({
      ...commonOptions(options, address),
      linger: lingerMilliseconds,
      connectTimeout: 5_000,
      reconnectInterval: 50,
      reconnectMaxInterval: 1_000,
      ...(curve && {
        curveServerKey: curve.serverKey,
        curvePublicKey: curve.publicKey,
        curveSecretKey: curve.secretKey,
      }),
    });
    dealer.connect(address.url);
    return new ClientSocket(dealer, address.url);
  }

  /**
   * Sends, or not at all; never waits.
   *
   * @returns false when so many messages wait already that no more are taken.
   */
  async send(frames: readonly Uint8Array[]): Promise<boolean> {
    try {
      await this.dealer.send([...frames]);
      return true;
    } catch (error) {
      if (zeromqCode(error) === 'EAGAIN' || this.dealer.closed) return false;
      throw error;
    }
  }

  /**
   * The next message; one call at a time, and not while the socket is iterated.
   *
   * @returns undefined when none came in time, or the socket was closed.
   */
  async receive(milliseconds: number): Promise<Buffer[] | undefined> {
    if (this.dealer.closed) return undefined;
    this.dealer.receiveTimeout = Math.max(0, Math.ceil(milliseconds));
    try {
      return await this.dealer.receive();
    } catch (error) {
      if (zeromqCode(error) === 'EAGAIN' || this.dealer.closed) return undefined;
      throw error;
    }
  }

  /** Messages as they arrive; ends when the socket is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer[], void, undefined> {
    this.dealer.receiveTimeout = -1;
    try {
      for await (const frames of this.dealer) yield frames;
    } catch (error) {
      if (!this.dealer.closed) throw error;
    }
  }

  get closed(): boolean {
    return this.dealer.closed;
  }

  close(): void {
    if (!this.dealer.closed) this.dealer.close();
  }
}
