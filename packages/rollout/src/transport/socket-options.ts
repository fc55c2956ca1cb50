import type { Dealer, Router } from 'zeromq';
import { defaultLimits, type MessageLimits } from '../protocol/limits.ts';
import type { Address } from './address.ts';

/** Keys of a server, Z85 text of 40 characters each. */
export interface CurveServerKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Keys of a client, Z85 text of 40 characters each. */
export interface CurveClientKeys {
  /** The server's public key. */
  readonly serverKey: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/** The ZAP domain of all servers; libzmq asks no ZAP handler while it is empty. */
export const zapDomain = 'understudy';

/** Options of both kinds of sockets. */
export interface SocketOptions {
  /** `tcp://HOST:PORT`, `ipc://PATH` or `inproc://NAME`. */
  readonly address: string;
  /** Largest messages; longer frames end the connection before memory is taken for them. */
  readonly limits?: MessageLimits;
  /** Messages that may wait for one peer in either direction; 64 unless told. */
  readonly highWaterMark?: number;
  /** How long closing waits for messages to leave; 0 for clients, 1000 for servers unless told. */
  readonly lingerMilliseconds?: number;
}

/** Options of `ClientSocket.connect`. */
export interface ClientSocketOptions extends SocketOptions {
  /** Needed for addresses beyond this machine. */
  readonly curve?: CurveClientKeys;
}

/** Options of `ServerSocket.bind`. */
export interface ServerSocketOptions extends SocketOptions {
  /** Needed for addresses beyond this machine; a ZAP handler must be running before. */
  readonly curve?: CurveServerKeys;
}

/** Milliseconds. */
const heartbeat = { heartbeatInterval: 2_000, heartbeatTimeout: 8_000, heartbeatTimeToLive: 8_000 };

/** Options with what holds unless told. */
export function withDefaults({ limits = defaultLimits, highWaterMark = 64 }: SocketOptions) {
  return { limits, highWaterMark };
}

/** What every socket of libzmq's sets. */
export function commonOptions(options: SocketOptions, { ipv6 }: Address) {
  const { limits, highWaterMark } = withDefaults(options);
  return {
    ...heartbeat,
    ipv6,
    maxMessageSize: limits.messageBytes,
    sendHighWaterMark: highWaterMark,
    receiveHighWaterMark: highWaterMark,
    // A peer that connects and says nothing doesn't keep its place.
    handshakeInterval: 10_000,
    // Sending never waits: what doesn't fit is the caller's to know.
    sendTimeout: 0,
    tcpKeepalive: 1,
    tcpKeepaliveIdle: 30,
    tcpKeepaliveInterval: 10,
    tcpKeepaliveCount: 3,
  } as const satisfies Partial<Dealer | Router>;
}

/** The code of an error of libzmq. */
export function zeromqCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as { code?: string }).code : undefined;
}
