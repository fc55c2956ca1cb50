import { InputError } from '@understudy/errors';
import type { Router } from 'zeromq';
import { type Address, checkReach, parseAddress } from './address.ts';
import { localPlaceOf } from './place.ts';
import { type ServerSocketOptions, withDefaults, zeromqCode } from './socket-options.ts';
import type { Arrival, ServerTransport } from './transports.ts';
import { ZeromqServer } from './zeromq-server.ts';
import { ZmtpServer } from './zmtp-server.ts';

/**
 * The bound end: a ROUTER that knows its peers by their connections. Without keys, on this machine, it is one of our own,
 * which has no threads to go through; else libzmq's.
 */
export class ServerSocket {
  readonly #transport: ServerTransport;

  private constructor(transport: ServerTransport) {
    this.#transport = transport;
  }

  /**
   * Binds an address.
   *
   * @throws InputError when the address is none, in use, not allowed, or beyond this machine without keys.
   */
  static async bind(options: ServerSocketOptions): Promise<ServerSocket> {
    const address = parseAddress(options.address);
    checkReach(address, options.curve);
    try {
      return new ServerSocket(await openTransport(options, address));
    } catch (error) {
      throw bindError(error, address.url);
    }
  }

  /** The address that was bound, with the port that the system chose. */
  get endpoint(): string {
    return this.#transport.endpoint;
  }

  /** libzmq's socket, for monitoring, where it is one of libzmq's: with keys it is. */
  get router(): Router | undefined {
    return this.#transport.router;
  }

  /** Messages as they arrive; ends when the socket is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, undefined> {
    for (;;) {
      const arrival = await this.#transport.receive();
      if (arrival === undefined) return;
      yield arrival;
    }
  }

  /**
   * Sends to one peer, or not at all; never waits.
   *
   * @param frames - Not to be changed afterwards.
   * @returns false when the peer is gone or takes nothing more.
   */
  send(peer: string, frames: readonly Uint8Array[]): Promise<boolean> {
    return this.#transport.send(peer, frames);
  }

  get closed(): boolean {
    return this.#transport.closed;
  }

  close(): void {
    this.#transport.close();
  }
}

function openTransport(given: ServerSocketOptions, address: Address): Promise<ServerTransport> {
  const { lingerMilliseconds = 1_000 } = given;
  const place = localPlaceOf(address);
  if (given.curve || !place) return ZeromqServer.bind({ ...given, lingerMilliseconds }, address);
  const { limits, highWaterMark } = withDefaults(given);
  return ZmtpServer.listen({ place, maxFrameBytes: limits.messageBytes, highWaterMark, lingerMilliseconds });
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'is in use; choose another port, or stop what listens there',
  EACCES: 'is not allowed to this user; choose a port from 1024, or a place that can be written',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENODEV: 'is not an address of this machine; give the number of one of its interfaces',
  ENOENT: 'lies in a directory that does not exist',
};

const folderReasons: Record<string, string> = {
  ...reasons,
  EADDRINUSE: 'is in use, or a file that is no socket; choose another path, or stop what listens there',
};

function bindError(error: unknown, url: string): unknown {
  const reason = (url.startsWith('ipc:') ? folderReasons : reasons)[zeromqCode(error) ?? ''];
  return reason ? new InputError(`The address ${url} ${reason}.`) : error;
}
