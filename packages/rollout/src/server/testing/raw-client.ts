import { randomBytes } from 'node:crypto';
import {
  type AnyMessage,
  decodeMessage,
  encodeMessage,
  type MessageType,
  type OutgoingMessage,
} from '../../protocol/index.ts';
import { ClientSocket } from '../../transport/index.ts';

/** A peer that says what it is told, right or wrong. */
export class RawClient {
  readonly socket: ClientSocket;
  readonly session = randomBytes(16).toString('hex');

  constructor(address: string) {
    this.socket = ClientSocket.connect({ address });
  }

  /** Sends a message and gives the next that arrives; undefined when none does. */
  async ask<T extends MessageType>(message: OutgoingMessage<T>, milliseconds = 5000): Promise<AnyMessage | undefined> {
    return this.askFrames(encodeMessage(message), milliseconds);
  }

  async askFrames(frames: readonly Uint8Array[], milliseconds = 5000): Promise<AnyMessage | undefined> {
    await this.socket.send(frames);
    return this.next(milliseconds);
  }

  async next(milliseconds = 5000): Promise<AnyMessage | undefined> {
    const received = await this.socket.receive(milliseconds);
    return received && decodeMessage(received);
  }

  async hello(versions: number[] = [1]): Promise<AnyMessage | undefined> {
    return this.ask({ type: 'hello', request: 0, body: { versions, service: 'environments', software: 'raw 7' } });
  }

  async make(id: string, options: Record<string, unknown> = {}, count = 1): Promise<AnyMessage | undefined> {
    const body = { id, count, options, autoresetMode: 'next-step' as const, infos: true };
    return this.ask({ type: 'make', request: 1, session: this.session, body });
  }

  close(): void {
    this.socket.close();
  }
}
