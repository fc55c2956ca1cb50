import { InputError } from '@understudy/errors';
import { Router } from 'zeromq';
import { checkReach, parseAddress } from './address.ts';
import { type CurveServerKeys, commonOptions, type SocketOptions, zapDomain, zeromqCode } from './socket-options.ts';

/** Options of {@link ServerSocket.bind}. */
export interface ServerSocketOptions extends SocketOptions {
  /** Needed for addresses beyond this machine; a ZAP handler must be running before. */
  readonly curve?: CurveServerKeys;
}

/** A message and who sent it. */
export interface Arrival {
  /** The connection that it came over, good for answers as long as the connection lasts. */
  readonly peer: string;
  readonly frames: Buffer[];
}

/** The bound end: a ROUTER that knows its peers by their connections. */
export class ServerSocket {
  /** The address that was bound, with the port that the system chose. */
  readonly endpoint: string;
  /** The socket below, for monitoring. */
  readonly router: Router;

  private constructor(router: Router, endpoint: string) {
    this.router = router;
    this.endpoint = endpoint;
  }

  /**
   * Binds an address.
   *
   * @throws InputError when the address is none, in use, not allowed, or beyond this machine without keys.
   */
  static async bind(options: ServerSocketOptions): Promise<ServerSocket> {
    const { curve, lingerMilliseconds = 1_000 } = options;
    const address = parseAddress(options.address);
    checkReach(address, curve);
    const router = new Router({
      ...commonOptions(options, address),
      linger: lingerMilliseconds,
      // Messages to a peer that is gone or full are an error here instead of vanishing.
      mandatory: true,
      backlog: 128,
      ...(curve && {
        curveServer: true,
        curvePublicKey: curve.publicKey,
        curveSecretKey: curve.secretKey,
        zapDomain,
        zapEnforceDomain: true,
      }),
    });
    try {
      await router.bind(address.url);
    } catch (error) {
      router.close();
      throw bindError(error, address.url);
    }
    return new ServerSocket(router, router.lastEndpoint?.replace(/\0$/, '') || address.url);
  }

  /** Messages as they arrive; ends when the socket is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, undefined> {
    try {
      for await (const [peer, ...frames] of this.router) yield { peer: peer.toString('latin1'), frames };
    } catch (error) {
      // What is being read in the moment of closing fails in some way or other.
      if (!this.router.closed) throw error;
    }
  }

  /**
   * Sends to one peer, or not at all; never waits.
   *
   * @returns false when the peer is gone or takes nothing more.
   */
  async send(peer: string, frames: readonly Uint8Array[]): Promise<boolean> {
    try {
      await this.router.send([Buffer.from(peer, 'latin1'), ...frames]);
      return true;
    } catch (error) {
      const code = zeromqCode(error);
      if (code === 'EHOSTUNREACH' || code === 'EAGAIN' || this.router.closed) return false;
      throw error;
    }
  }

  get closed(): boolean {
    return this.router.closed;
  }

  close(): void {
    if (!this.router.closed) this.router.close();
  }
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'is in use; choose another port, or stop what listens there',
  EACCES: 'is not allowed to this user; choose a port from 1024, or a place that can be written',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENODEV: 'is not an address of this machine; give the number of one of its interfaces',
  ENOENT: 'lies in a directory that does not exist',
};

function bindError(error: unknown, url: string): unknown {
  const reason = reasons[zeromqCode(error) ?? ''];
  return reason ? new InputError(`The address ${url} ${reason}.`) : error;
}
