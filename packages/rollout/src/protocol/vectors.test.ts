import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  type AnyMessage,
  type Dtype,
  decodeMessage,
  encodeMessage,
  messageDefinitions,
  ProtocolError,
  type WireArray,
} from './index.ts';

interface Vector {
  name: string;
  frames: string[];
}
interface ValidVector extends Vector {
  message: {
    type: string;
    request?: number;
    session?: string;
    body: object;
    arrays: Record<string, { dtype: Dtype; shape: number[]; values: (number | string)[] }>;
  };
}
interface InvalidVector extends Vector {
  code: string;
}

function read<T extends Vector>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));
}

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** JSON has no form of its own for large integers, for what is not finite, and for a zero's sign. */
function writtenNumber(value: number | bigint): number | string {
  if (typeof value === 'bigint' || !Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? '-0' : value;
}

/** A message as the vectors write it down. */
function written(message: AnyMessage): ValidVector['message'] {
  const arrays = Object.entries(message.arrays as Record<string, WireArray>).map(([name, { dtype, shape, data }]) => {
    return [name, { dtype, shape, values: Array.from(data as Float64Array, writtenNumber) }];
  });
  const { type, request, session, body } = message;
  return JSON.parse(JSON.stringify({ type, request, session, body, arrays: Object.fromEntries(arrays) }));
}

const valid = read<ValidVector>('valid');
const invalid = read<InvalidVector>('invalid');

test.each(valid)('$name means what it should, and is written the same', ({ frames, message }) => {
  const decoded = decodeMessage(frames.map(bytesOf));
  expect(written(decoded)).toEqual({ ...message });
  expect(encodeMessage(decoded as never).map((frame) => Buffer.from(frame).toString('hex'))).toEqual(frames);
});

test.each(valid.filter(({ frames }) => frames.length > 1))(
  '$name is read at any place in memory',
  ({ frames, message }) => {
    for (const shift of [1, 3, 4]) {
      const shifted = frames.map((hex) => {
        const bytes = bytesOf(hex);
        const room = new Uint8Array(bytes.length + shift);
        room.set(bytes, shift);
        return room.subarray(shift);
      });
      expect(written(decodeMessage(shifted))).toEqual(message);
    }
  },
);

test.each(invalid)('$name is refused as $code', ({ frames, code }) => {
  const decode = () => decodeMessage(frames.map(bytesOf));
  expect(decode).toThrow(ProtocolError);
  expect(decode).toThrow(expect.objectContaining({ code }));
});

test('every type of the environment service has a vector', () => {
  const covered = new Set(valid.map(({ message }) => message.type));
  const service = Object.keys(messageDefinitions).slice(0, Object.keys(messageDefinitions).indexOf('ready'));
  expect(service.filter((type) => !covered.has(type))).toEqual([]);
});
