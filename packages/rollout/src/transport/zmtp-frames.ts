// The bytes of ZMTP 3.1 (https://rfc.zeromq.org/spec/37), as far as peers without keys need them: the greeting with the
// mechanism NULL, commands, and messages of frames.

const FLAG_MORE = 0x01;
const FLAG_LONG = 0x02;
const FLAG_COMMAND = 0x04;
const KNOWN_FLAGS = FLAG_MORE | FLAG_LONG | FLAG_COMMAND;

/** Frames up to so many bytes have their length in one. */
const SHORT_BYTES = 255;
/** Bytes of flags and length before a long frame. */
const LONG_HEAD = 9;
/** Bytes of commands: their names and what they carry are short. */
const MAX_COMMAND_BYTES = 1024;
/** Frames of one message: this package's have two, others no more than a few. */
const MAX_FRAMES = 64;
/** Messages up to so many bytes are copied into one piece: that costs less than another call of the system. */
const JOINED_BYTES = 32_768;

/** Bytes of a greeting. */
export const GREETING_BYTES = 64;
/** What begins a greeting, and where the parts after it stand. */
const signature = { first: 0xff, last: 0x7f, lastAt: 9, version: 10, minor: 11, mechanism: 12, asServer: 32 };

/** What each side sends first: the signature, the version 3.1, and the mechanism. */
export const greeting: Uint8Array = Buffer.concat([
  Buffer.from('ff00000000000000017f0301', 'hex'),
  Buffer.from('NULL'.padEnd(20, '\0')),
  Buffer.alloc(32),
]);

/** What keeps a greeting, as far as it has come, from being one that can be spoken to; undefined when nothing does. */
export function greetingComplaint(bytes: Uint8Array): string | undefined {
  const differs = (at: number, byte: number) => bytes.length > at && bytes[at] !== byte;
  if (differs(0, signature.first) || differs(signature.lastAt, signature.last)) return 'no ZMTP';
  if (bytes.length > signature.version && bytes[signature.version] < 3) return 'a ZMTP before 3';
  for (let at = signature.mechanism; at < signature.asServer; at++) {
    if (differs(at, greeting[at])) return 'another mechanism than NULL';
  }
  return undefined;
}

/** Whether the sender of a greeting knows PING and PONG, which came with 3.1. */
export function speaksHeartbeat(bytes: Uint8Array): boolean {
  return bytes[signature.version] > 3 || bytes[signature.minor] >= 1;
}

/** A command as it is sent. */
export function encodeCommand(name: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([Buffer.from([FLAG_COMMAND, body.length]), body]);
}

/** The READY command of a socket of a type. */
export function encodeReady(socketType: string): Uint8Array {
  const property = (name: string, value: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), length, Buffer.from(value)]);
  };
  return encodeCommand('READY', Buffer.concat([property('Socket-Type', socketType), property('Identity', '')]));
}

/** A message as it is sent: one piece when it is small, otherwise heads and the frames themselves. */
export function encodeFrames(frames: readonly Uint8Array[]): Uint8Array[] {
  let bytes = 0;
  for (const { length } of frames) bytes += LONG_HEAD + length;
  if (bytes > JOINED_BYTES) return frames.flatMap((frame, i) => [headOf(frame, i < frames.length - 1), frame]);
  const piece = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (let i = 0; i < frames.length; i++) {
    at = writeHead(piece, at, frames[i].length, i < frames.length - 1);
    piece.set(frames[i], at);
    at += frames[i].length;
  }
  return [piece.subarray(0, at)];
}

function headOf({ length }: Uint8Array, more: boolean): Uint8Array {
  const head = Buffer.allocUnsafe(LONG_HEAD);
  return head.subarray(0, writeHead(head, 0, length, more));
}

function writeHead(piece: Buffer, at: number, length: number, more: boolean): number {
  if (length <= SHORT_BYTES) {
    piece[at] = more ? FLAG_MORE : 0;
    piece[at + 1] = length;
    return at + 2;
  }
  piece[at] = FLAG_LONG | (more ? FLAG_MORE : 0);
  piece.writeUInt32BE(Math.floor(length / 2 ** 32), at + 1);
  piece.writeUInt32BE(length >>> 0, at + 5);
  return at + LONG_HEAD;
}

/** What comes out of a stream of frames. */
export interface FrameTaker {
  takeCommand(name: string, data: Buffer): void;
  takeMessage(frames: Buffer[]): void;
}

/**
 * Reads frames out of a connection's bytes, as they arrive. Frames that arrive whole are views of what arrived; memory for
 * others is taken once their length is known to be allowed.
 */
export class FrameReader {
  readonly #maxFrameBytes: number;
  readonly #taker: FrameTaker;
  /** The head of a frame, as far as it has come. */
  readonly #head = Buffer.alloc(LONG_HEAD);
  #headBytes = 0;
  /** The frame that is being filled. */
  #frame: Buffer | undefined;
  #filled = 0;
  #flags = 0;
  #message: Buffer[] = [];

  /** @param maxFrameBytes - A longer frame is refused before memory is taken for it. */
  constructor(maxFrameBytes: number, taker: FrameTaker) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#taker = taker;
  }

  /** @throws Error when this is no ZMTP, or more of it than is allowed: nothing after it can be read. */
  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#frame ? this.#fill(chunk, at) : this.#begin(chunk, at);
  }

  /** Reads a head, and the frame behind it if all of it is there. */
  #begin(chunk: Buffer, from: number): number {
    const head = this.#head;
    let at = from;
    let needed = this.#headBytes > 0 ? headBytes(head[0]) : 1;
    while (this.#headBytes < needed) {
      if (at === chunk.length) return at;
      head[this.#headBytes++] = chunk[at++];
      needed = headBytes(head[0]);
    }
    this.#headBytes = 0;
    this.#flags = head[0];
    const length = this.#lengthOf(head);
    if (chunk.length - at >= length) {
      this.#take(chunk.subarray(at, at + length));
      return at + length;
    }
    this.#frame = Buffer.allocUnsafeSlow(length);
    this.#filled = 0;
    return at;
  }

  #fill(chunk: Buffer, at: number): number {
    const frame = this.#frame!;
    const bytes = Math.min(frame.length - this.#filled, chunk.length - at);
    chunk.copy(frame, this.#filled, at, at + bytes);
    this.#filled += bytes;
    if (this.#filled === frame.length) {
      this.#frame = undefined;
      this.#take(frame);
    }
    return at + bytes;
  }

  #lengthOf(head: Buffer): number {
    const flags = head[0];
    const command = (flags & FLAG_COMMAND) !== 0;
    if (flags & ~KNOWN_FLAGS || (command && flags & FLAG_MORE)) throw new Error(`a frame with the flags ${flags}`);
    const length = flags & FLAG_LONG ? head.readUInt32BE(1) * 2 ** 32 + head.readUInt32BE(5) : head[1];
    const most = command ? MAX_COMMAND_BYTES : this.#maxFrameBytes;
    if (length > most) throw new Error(`a frame of ${length} bytes, at most ${most} are allowed`);
    return length;
  }

  #take(frame: Buffer): void {
    if (this.#flags & FLAG_COMMAND) {
      const end = 1 + (frame[0] ?? 0);
      if (frame.length < end) throw new Error('a command without its name');
      this.#taker.takeCommand(frame.toString('latin1', 1, end), frame.subarray(end));
      return;
    }
    if (this.#message.push(frame) > MAX_FRAMES) throw new Error(`a message of more than ${MAX_FRAMES} frames`);
    if (this.#flags & FLAG_MORE) return;
    const frames = this.#message;
    this.#message = [];
    this.#taker.takeMessage(frames);
  }
}

function headBytes(flags: number): number {
  return flags & FLAG_LONG ? LONG_HEAD : 2;
}
