import { type Address, checkPort, checkReach, parseAddress } from './address.ts';
import { localPlaceOf } from './place.ts';
import { type ClientSocketOptions, withDefaults } from './socket-options.ts';
import type { ClientTransport } from './transports.ts';
import { ZeromqClient } from './zeromq-client.ts';
import { ZmtpClient } from './zmtp-client.ts';

/**
 * The connecting end: a DEALER with one peer. It connects again by itself when the connection is lost. Without keys, on
 * this machine, it is one of our own, which has no threads to go through; else libzmq's.
 */
export class ClientSocket {
  readonly address: string;
  readonly #transport: ClientTransport;

  private constructor(transport: ClientTransport, address: string) {
    this.#transport = transport;
    this.address = address;
  }

  /**
   * Begins to connect; that nobody answers shows when nothing is received.
   *
   * @throws InputError when the address is none, or beyond this machine without keys.
   */
  static connect(options: ClientSocketOptions): ClientSocket {
    const address = parseAddress(options.address);
    checkReach(address, options.curve);
    checkPort(address);
    return new ClientSocket(openTransport(options, address), address.url);
  }

  /**
   * Sends, or not at all; never waits.
   *
   * @param frames - Not to be changed afterwards.
   * @returns false when so many messages wait already that no more are taken.
   */
  send(frames: readonly Uint8Array[]): Promise<boolean> {
    return this.#transport.send(frames);
  }

  /**
   * The next message; one call at a time, and not while the socket is iterated.
   *
   * @param milliseconds - How long to wait for it; Infinity waits until the socket is closed.
   * @returns undefined when none came in time, or the socket was closed.
   */
  receive(milliseconds: number): Promise<Buffer[] | undefined> {
    return this.#transport.receive(milliseconds);
  }

  /** Messages as they arrive; ends when the socket is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer[], void, undefined> {
    for (;;) {
      const frames = await this.#transport.receive(Number.POSITIVE_INFINITY);
      if (frames === undefined) return;
      yield frames;
    }
  }

  get closed(): boolean {
    return this.#transport.closed;
  }

  close(): void {
    this.#transport.close();
  }
}

function openTransport(options: ClientSocketOptions, address: Address): ClientTransport {
  const place = localPlaceOf(address);
  if (options.curve || !place) return new ZeromqClient(options, address);
  const { limits, highWaterMark } = withDefaults(options);
  const { lingerMilliseconds = 0 } = options;
  return new ZmtpClient({ place, maxFrameBytes: limits.messageBytes, highWaterMark, lingerMilliseconds });
}
