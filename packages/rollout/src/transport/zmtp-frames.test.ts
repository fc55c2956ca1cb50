import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCommand, encodeFrames, encodeReady, FrameReader, greeting, greetingComplaint } from './zmtp-frames.ts';

const MAX_FRAME_BYTES = 100_000;

/** Everything that a reader makes of bytes, in order. */
function readAll(chunks: readonly Buffer[]): unknown[] {
  const seen: unknown[] = [];
  const reader = new FrameReader(MAX_FRAME_BYTES, {
    takeCommand: (name, data) => seen.push([name, data.toString('latin1')]),
    takeMessage: (frames) => seen.push(frames.map((frame) => frame.toString('latin1'))),
  });
  for (const chunk of chunks) reader.read(chunk);
  return seen;
}

const frame = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(254, 255, 256, 40_000).map(filled));
const message = fc.array(frame, { minLength: 1, maxLength: 5 });

function filled(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

test('messages and commands come out as they went in, however their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (messages, cuts) => {
      const bytes = Buffer.concat([...messages.flatMap(encodeFrames), encodeCommand('PING', Buffer.from('\0\0x'))]);
      const expected = messages.map((frames) => frames.map((part) => Buffer.from(part).toString('latin1')));
      expect(readAll(cut(bytes, cuts))).toEqual([...expected, ['PING', '\0\0x']]);
    }),
    { numRuns: 200 },
  );
});

test('bytes that come one by one are read like those that come at once', () => {
  const bytes = Buffer.concat(encodeFrames([filled(3), filled(300), new Uint8Array(0)]));
  expect(readAll([...bytes].map((byte) => Buffer.from([byte])))).toEqual(readAll([bytes]));
});

test('noise is read or refused, and never takes memory for what it claims', () => {
  const before = process.memoryUsage().arrayBuffers;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      try {
        readAll([Buffer.from(noise)]);
      } catch (error) {
        expect((error as Error).message).toMatch(/^a (frame|command|message) /);
      }
    }),
    { numRuns: 2000 },
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28);
});

test.each([
  ['a length of 2 GB', Buffer.from('020000000080000000', 'hex'), 'a frame of 2147483648 bytes'],
  ['a length beyond all numbers', Buffer.from('02ffffffffffffffff', 'hex'), 'at most 100000 are allowed'],
  ['one byte more than allowed', Buffer.from('0200000000000186a1', 'hex'), 'a frame of 100001 bytes'],
  ['unknown flags', Buffer.from('0800', 'hex'), 'a frame with the flags 8'],
  ['a command in parts', Buffer.from('0500', 'hex'), 'a frame with the flags 5'],
  ['a long command', Buffer.from('060000000000000500', 'hex'), 'at most 1024 are allowed'],
  ['a command whose name is cut', Buffer.from('040205', 'hex'), undefined],
  ['a command without a name', Buffer.from('040105', 'hex'), 'a command without its name'],
  ['frames without end', Buffer.from('0100'.repeat(65), 'hex'), 'a message of more than 64 frames'],
])('%s is refused', (_, bytes, complaint) => {
  if (complaint === undefined) expect(readAll([bytes])).toEqual([]);
  else expect(() => readAll([bytes])).toThrow(complaint);
});

test('a greeting is judged as far as it has come', () => {
  const complaintOf = (bytes: Uint8Array) => greetingComplaint(bytes);
  for (let length = 0; length <= greeting.length; length++) {
    expect(complaintOf(greeting.subarray(0, length))).toBeUndefined();
  }
  expect(complaintOf(Buffer.from('GET /'))).toBe('no ZMTP');
  expect(complaintOf(Buffer.from('ff00000000000000017f01', 'hex'))).toBe('a ZMTP before 3');
  const curve = Buffer.from(greeting);
  curve.write('CURVE', 12);
  expect(complaintOf(curve)).toBe('another mechanism than NULL');
});

test('READY names the socket as ZMTP has it', () => {
  const expected = `0429${Buffer.from('\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0').toString('hex')}`;
  expect(Buffer.from(encodeReady('DEALER')).toString('hex')).toBe(expected);
});
