import { readFileSync } from 'node:fs';
import { decode } from '@msgpack/msgpack';
import {
  Box,
  type BoxArrays,
  type BoxDtype,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  type Space,
  Tuple,
} from '@understudy/gym';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpace, decodeMessage, describeSpace, encodeMessage, ProtocolError, wireArray } from './index.ts';
import { spaceDescription } from './spaces.ts';

const session = '0123456789abcdef0123456789abcdef';

test('arrays of a step come back as they were, from any values', () => {
  const actions = fc.float32Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(actions, fc.maxSafeNat(), (data, request) => {
      const sent = { actions: wireArray(data, [1, data.length]) };
      const frames = encodeMessage({ type: 'step', request, session, body: {}, arrays: sent });
      const message = decodeMessage(frames);
      expect(message).toMatchObject({ type: 'step', request, session });
      expect(message.type === 'step' && message.arrays.actions).toEqual(sent.actions);
    }),
  );
});

test('a sent message is a copy: its arrays may be overwritten at once', () => {
  const data = Float32Array.of(1, 2);
  const frames = encodeMessage({
    type: 'step',
    request: 1,
    session,
    body: {},
    arrays: { actions: wireArray(data, [2, 1]) },
  });
  data.fill(9);
  const message = decodeMessage(frames);
  expect(message.type === 'step' && [...message.arrays.actions.data]).toEqual([1, 2]);
});

test('received arrays are views of the frame', () => {
  const arrays = { actions: wireArray(Float32Array.of(1, 2), [2, 1]) };
  const frames = encodeMessage({ type: 'step', request: 1, session, body: {}, arrays });
  const message = decodeMessage(frames);
  expect(message.type === 'step' && message.arrays.actions.data.buffer).toBe(frames[1].buffer);
});

test('what arrives damaged is refused by a ProtocolError and by nothing else', () => {
  const vectors: { frames: string[] }[] = JSON.parse(
    readFileSync(new URL('../../vectors/valid.json', import.meta.url), 'utf8'),
  );
  const edit = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.boolean() });
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...vectors), fc.array(edit, { minLength: 1, maxLength: 4 }), ({ frames }, edits) => {
      const damaged = frames.map((hex) => new Uint8Array(Buffer.from(hex, 'hex')));
      for (const { at, to, cut } of edits) {
        const which = at % damaged.length;
        const frame = damaged[which];
        if (cut) damaged[which] = frame.slice(0, at % (frame.length + 1));
        else frame[at % frame.length] = to;
      }
      try {
        decodeMessage(damaged);
      } catch (error) {
        refused += 1;
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(500);
});

test('a receiver takes only what it accepts, and only as much', () => {
  const frames = encodeMessage({ type: 'ping', request: 7, session, body: {} });
  expect(() => decodeMessage(frames, { accept: new Set(['pong']) })).toThrow(
    expect.objectContaining({ code: 'unknown-type', request: 7, session }),
  );
  const limits = { headerBytes: 10, messageBytes: 100 };
  expect(() => decodeMessage(frames, { limits })).toThrow(expect.objectContaining({ code: 'limit' }));
  const large = encodeMessage({
    type: 'restore',
    request: 1,
    session,
    body: {},
    arrays: { state: wireArray(new Uint8Array(200)) },
  });
  const small = { headerBytes: 1000, messageBytes: 250 };
  expect(() => decodeMessage(large, { limits: small })).toThrow(expect.objectContaining({ code: 'limit' }));
});

test.each<Space>([
  new Box({ low: -1, high: 1, shape: [3, 2] }) as Space,
  new Box<BoxArrays[BoxDtype]>({
    low: [0, Number.NEGATIVE_INFINITY],
    high: Number.POSITIVE_INFINITY,
    dtype: 'float64' as never,
  }) as Space,
  new Box<Uint8Array>({ low: 0, high: 255, shape: [4, 4, 3], dtype: 'uint8' }) as Space,
  new Discrete(5, { start: -2 }) as Space,
  new MultiDiscrete([3, 4], { start: [1, 0] }) as Space,
  new MultiBinary(4) as Space,
  new MultiBinary([2, 3]) as Space,
  new Dict({ b: new Discrete(2), a: new Tuple([new MultiBinary(2), new Box({ low: 0, high: 1 })]) }) as Space,
])('%s goes over the wire and samples the same there', (space) => {
  const described = JSON.parse(JSON.stringify(describeSpace(space)));
  const created = createSpace(spaceDescription.parse(described));
  expect(String(created)).toBe(String(space));
  expect(created.flatSize).toBe(space.flatSize);
  for (const each of [space, created]) each.seed(3);
  expect(created.sample()).toEqual(space.sample());
});

test('a described box can be no larger than memory allows', () => {
  const box = { kind: 'box' as const, dtype: 'float32' as const, shape: [2 ** 20, 2 ** 20], low: null, high: null };
  expect(() => createSpace(box)).toThrow('exceeds');
});

test('a header that differs from the one before in its request number alone is read and written as any other', () => {
  const arrays = { actions: wireArray(Float32Array.of(1, 2), [2, 1]) };
  const numbers = [
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x100,
    0xffff,
    0x1_0000,
    0xffff_ffff,
    0x1_0000_0000,
    Number.MAX_SAFE_INTEGER,
  ];
  for (const request of [...numbers, ...numbers]) {
    const frames = encodeMessage({ type: 'step', request, session, body: {}, arrays });
    expect(decode(frames[0])).toEqual({
      v: 1,
      t: 'step',
      q: request,
      s: session,
      a: [['actions', 'f32', [2, 1]]],
      b: {},
    });
    expect(decodeMessage(frames)).toMatchObject({ type: 'step', request, session, body: {}, arrays });
  }
  const [header, data] = encodeMessage({ type: 'step', request: 7, session, body: {}, arrays });
  const refusal = { code: 'malformed', request: 7, session };
  expect(() => decodeMessage([header, data.slice(0, 4)])).toThrow(expect.objectContaining(refusal));
  expect(() => decodeMessage([header])).toThrow(expect.objectContaining(refusal));
  expect(() => decodeMessage([header, data], { accept: new Set(['reset']) })).toThrow(
    expect.objectContaining({ code: 'unknown-type', request: 7 }),
  );
  const other = encodeMessage({
    type: 'step',
    request: 8,
    session,
    body: {},
    arrays: { actions: wireArray(new Float32Array(6), [2, 3]) },
  });
  expect(decodeMessage(other)).toMatchObject({ request: 8, arrays: { actions: { shape: [2, 3] } } });
});

test('what a body says is never taken for what another said, however alike they look', () => {
  const observations = { observations: wireArray(new Float32Array(2), [1, 2]) };
  // Names that look like the rest of a remembered header, and numbers that look like texts.
  const model = fc.constantFrom('m', 'm version:1', '"m" version:1', 'm" version:1 "', ' ', 'm observations f32 1,2');
  const body = fc.record({ model, version: fc.nat(3) }, { requiredKeys: ['model'] });
  fc.assert(
    fc.property(body, fc.nat(1000), (sent, request) => {
      const frames = encodeMessage({ type: 'infer', request, body: sent, arrays: observations });
      expect(decode(frames[0])).toMatchObject({ t: 'infer', q: request, b: sent });
      const first = decodeMessage(frames);
      expect(first).toMatchObject({ request, body: sent });
      // Whoever changes a body changes their own.
      Object.assign(first.body, { model: 'changed' });
      expect(decodeMessage(frames).body).toEqual(sent);
    }),
    { numRuns: 300 },
  );
});
