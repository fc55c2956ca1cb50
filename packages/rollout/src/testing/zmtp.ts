import { connect, type Socket } from 'node:net';

/** The greeting of ZMTP 3.1 with the mechanism NULL, as a client sends it. */
export const greeting: Uint8Array = Buffer.concat([
  Buffer.from('ff00000000000000017f0301', 'hex'),
  Buffer.from('NULL'.padEnd(20, '\0')),
  Buffer.alloc(32),
]);

/** The READY command of a DEALER. */
export const readyCommand: Uint8Array = command(
  'READY',
  Buffer.concat([Buffer.from('\x0bSocket-Type\0\0\0\x06DEALER'), Buffer.from('\x08Identity\0\0\0\0')]),
);

function command(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), data]);
  return Buffer.concat([Buffer.from([0x04, body.length]), body]);
}

/** A frame's head: flags, and a length of eight bytes whatever follows. */
export function frameHead(length: bigint, more = false): Uint8Array {
  const head = Buffer.alloc(9);
  head[0] = more ? 0x03 : 0x02;
  head.writeBigUInt64BE(length, 1);
  return head;
}

/** A bare TCP connection that speaks ZMTP as far as it is told to. */
export class RawPeer {
  readonly socket: Socket;
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.resume();
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Connects, and with `handshake` becomes a peer whose messages are read. */
  static async connect(address: string, handshake = true): Promise<RawPeer> {
    const { hostname, port } = new URL(address.replace(/^tcp/, 'http'));
    const socket = connect(Number(port), hostname);
    const peer = new RawPeer(socket);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    if (handshake) {
      socket.write(greeting);
      socket.write(readyCommand);
    }
    return peer;
  }

  write(...parts: Uint8Array[]): void {
    for (const part of parts) this.socket.write(part);
  }

  close(): void {
    this.socket.destroy();
  }
}
