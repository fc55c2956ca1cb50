import { Router } from 'zeromq';
import type { Address } from './address.ts';
import { commonOptions, type ServerSocketOptions, zapDomain, zeromqCode } from './socket-options.ts';
import type { Arrival, ServerTransport } from './transports.ts';

/** A ROUTER of libzmq's. */
export class ZeromqServer implements ServerTransport {
  readonly endpoint: string;
  readonly router: Router;

  private constructor(router: Router, endpoint: string) {
    this.router = router;
    this.endpoint = endpoint;
  }

  /** @throws what libzmq tells. */
  static async bind(options: ServerSocketOptions, address: Address): Promise<ZeromqServer> {
    const { curve, lingerMilliseconds } = options;
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
      throw error;
    }
    return new ZeromqServer(router, router.lastEndpoint?.replace(/\0$/, '') || address.url);
  }

  async receive(): Promise<Arrival | undefined> {
    if (this.router.closed) return undefined;
    try {
      const [peer, ...frames] = await this.router.receive();
      return { peer: peer.toString('latin1'), frames };
    } catch (error) {
      // What is being read in the moment of closing fails in some way or other.
      if (this.router.closed) return undefined;
      throw error;
    }
  }

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
