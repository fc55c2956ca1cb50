import { Dealer } from 'zeromq';
import type { Address } from './address.ts';
import { type ClientSocketOptions, commonOptions, zeromqCode } from './socket-options.ts';
import type { ClientTransport } from './transports.ts';

/** A DEALER of libzmq's with one peer; it connects again by itself. */
export class ZeromqClient implements ClientTransport {
  readonly #dealer: Dealer;

  constructor(options: ClientSocketOptions, address: Address) {
    const { curve, lingerMilliseconds = 0 } = options;
    this.#dealer = new Dealer({
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
    this.#dealer.connect(address.url);
  }

  async send(frames: readonly Uint8Array[]): Promise<boolean> {
    try {
      await this.#dealer.send([...frames]);
      return true;
    } catch (error) {
      if (zeromqCode(error) === 'EAGAIN' || this.#dealer.closed) return false;
      throw error;
    }
  }

  async receive(milliseconds: number): Promise<Buffer[] | undefined> {
    if (this.#dealer.closed) return undefined;
    const endless = milliseconds === Number.POSITIVE_INFINITY;
    this.#dealer.receiveTimeout = endless ? -1 : Math.max(0, Math.ceil(milliseconds));
    try {
      return await this.#dealer.receive();
    } catch (error) {
      if (zeromqCode(error) === 'EAGAIN' || this.#dealer.closed) return undefined;
      throw error;
    }
  }

  get closed(): boolean {
    return this.#dealer.closed;
  }

  close(): void {
    if (!this.#dealer.closed) this.#dealer.close();
  }
}
