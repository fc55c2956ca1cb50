import type { Router } from 'zeromq';

/** What carries a client's messages. */
export interface ClientTransport {
  readonly closed: boolean;
  send(frames: readonly Uint8Array[]): Promise<boolean>;
  /** @param milliseconds - Infinity waits until the socket is closed. */
  receive(milliseconds: number): Promise<Buffer[] | undefined>;
  close(): void;
}

/** A message and who sent it. */
export interface Arrival {
  /** The connection that it came over, good for answers as long as the connection lasts. */
  readonly peer: string;
  readonly frames: Buffer[];
}

/** What carries a server's messages. */
export interface ServerTransport {
  /** The address that was bound. */
  readonly endpoint: string;
  readonly closed: boolean;
  /** libzmq's socket, where it is one of libzmq's. */
  readonly router?: Router;
  /** The next message; undefined once it is closed. */
  receive(): Promise<Arrival | undefined>;
  send(peer: string, frames: readonly Uint8Array[]): Promise<boolean>;
  close(): void;
}
