// Writes vectors/valid.json and vectors/invalid.json, which every implementation of the protocol checks itself against.
// Run after `npm run build`: node scripts/write-vectors.js
import { writeFileSync } from 'node:fs';
import { encode } from '@msgpack/msgpack';
import { encodeMessage, wireArray } from '../dist/index.js';

const session = '00112233445566778899aabbccddeeff';
const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** Numbers as JSON can hold them: 64-bit integers, what is not finite, and the zero with a sign as text. */
function number(value) {
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'bigint' || !Number.isFinite(value) ? String(value) : value;
}

function valid(name, message) {
  const arrays = Object.fromEntries(
    Object.entries(message.arrays ?? {}).map(([key, { dtype, shape, data }]) => [
      key,
      { dtype, shape, values: Array.from(data, number) },
    ]),
  );
  const { type, request, session: of, body } = message;
  return { name, frames: encodeMessage(message).map(hex), message: { type, request, session: of, body, arrays } };
}

const box = { kind: 'box', dtype: 'float64', shape: [3], low: null, high: [1, 2.5, null] };
const rows = (count, size) => ({
  observations: wireArray(
    Float32Array.from({ length: count * size }, (_, i) => i / 4 - 1),
    [count, size],
  ),
  rewards: wireArray(Float64Array.from({ length: count }, (_, i) => 0.1 * (i + 1))),
  terminated: wireArray(Uint8Array.from({ length: count }, (_, i) => i % 2)),
  truncated: wireArray(new Uint8Array(count)),
  wasReset: wireArray(new Uint8Array(count)),
});

const validVectors = [
  valid('hello', { type: 'hello', request: 0, body: { versions: [1], service: 'environments', software: 'peer 1.0' } }),
  valid('welcome', {
    type: 'welcome',
    request: 0,
    body: {
      version: 1,
      service: 'environments',
      software: 'understudy-ts 0.1.0',
      limits: { headerBytes: 1048576, messageBytes: 67108864 },
      heartbeatSeconds: 12,
      leaseSeconds: 60,
    },
  }),
  valid('error without a request', { type: 'error', body: { code: 'malformed', message: 'It ends too early.' } }),
  valid('error of version', {
    type: 'error',
    request: 0,
    body: { code: 'version', message: 'The peer speaks 2, the server 1.', versions: [1] },
  }),
  valid('ping of a session', { type: 'ping', request: 0, session, body: {} }),
  valid('pong', { type: 'pong', request: 0, session, body: {} }),
  valid('bye', { type: 'bye', body: { reason: 'The server shuts down.' } }),
  valid('list', { type: 'list', request: 0, body: {} }),
  valid('environments', {
    type: 'environments',
    request: 0,
    body: { environments: [{ id: 'CartPole-v1', description: 'Balance — one pole.' }, { id: 'Hopper-v5' }] },
  }),
  valid('make', {
    type: 'make',
    request: 1,
    session,
    body: {
      id: 'HalfCheetah-v5',
      count: 16,
      options: { maxEpisodeSteps: null, ctrlCostWeight: 0.25, nested: { list: [1, -1, true, 'a'] } },
      autoresetMode: 'next-step',
      infos: true,
    },
  }),
  valid('make with infos of steps', {
    type: 'make',
    request: 1,
    session,
    body: { id: 'A-v0', count: 1, options: {}, autoresetMode: 'same-step', infos: true, stepInfos: true },
  }),
  valid('made', {
    type: 'made',
    request: 1,
    session,
    body: {
      observationSpace: { kind: 'dict', spaces: { goal: box, hand: { kind: 'tuple', spaces: [box] } } },
      actionSpace: { kind: 'discrete', n: 4, start: -1 },
      observationSize: 6,
      actionSize: 1,
      renders: true,
      renderFps: 12.5,
      leaseSeconds: 60,
    },
  }),
  valid('made with other spaces', {
    type: 'made',
    request: 1,
    session,
    body: {
      observationSpace: { kind: 'multi-discrete', nvec: [2, 3], start: [0, 5] },
      actionSpace: { kind: 'multi-binary', shape: [2, 2] },
      observationSize: 5,
      actionSize: 4,
      renders: false,
      leaseSeconds: 0.5,
    },
  }),
  valid('attach', { type: 'attach', request: 0, session, body: {} }),
  valid('attached', { type: 'attached', request: 0, session, body: { lastRequest: 4294967296 } }),
  valid('reset', { type: 'reset', request: 2, session, body: { seed: 9007199254740991, options: { level: 1 } } }),
  valid('resetAt', { type: 'resetAt', request: 3, session, body: { index: 2 } }),
  valid('state with infos', {
    type: 'state',
    request: 2,
    session,
    body: { infos: [{ x: 1.5 }, {}] },
    arrays: rows(2, 3),
  }),
  valid('step', {
    type: 'step',
    request: 65536,
    session,
    body: {},
    arrays: { actions: wireArray(Float32Array.of(0.5, -0.5, 1, 0, -0, 0.25), [2, 3]) },
  }),
  valid('several steps', {
    type: 'step',
    request: 70000,
    session,
    body: {},
    arrays: { actions: wireArray(Float32Array.of(0, 1, 2, 3), [2, 2, 1]) },
  }),
  valid('stepped', { type: 'stepped', request: 65536, session, body: {}, arrays: rows(3, 2) }),
  valid('stepped with last observations', {
    type: 'stepped',
    request: 5,
    session,
    body: {},
    arrays: {
      ...rows(3, 2),
      finalRows: wireArray(Int32Array.of(1)),
      finalObservations: wireArray(Float32Array.of(Number.POSITIVE_INFINITY, -2), [1, 2]),
    },
  }),
  valid('stepped with infos', {
    type: 'stepped',
    request: 6,
    session,
    body: {},
    arrays: {
      ...rows(2, 1),
      finalRows: wireArray(Int32Array.of(1)),
      finalObservations: wireArray(Float32Array.of(-0), [1, 1]),
      'info/x_velocity': wireArray(Float64Array.of(-0, Number.NaN)),
      'info/reward/forward': wireArray(Float64Array.of(0.1, 0)),
      'has/reward/forward': wireArray(Uint8Array.of(1, 0)),
      'info/goal': wireArray(Float64Array.of(1, 2, 3, 4), [2, 2]),
      'flag/success': wireArray(Uint8Array.of(0, 1)),
      'finalInfo/is_success': wireArray(Float64Array.of(1)),
      'finalFlag/success': wireArray(Uint8Array.of(1)),
      'finalHas/success': wireArray(Uint8Array.of(1)),
    },
  }),
  valid('several steps with infos', {
    type: 'stepped',
    request: 7,
    session,
    body: {},
    arrays: {
      observations: wireArray(new Float32Array(2), [2, 1, 1]),
      rewards: wireArray(new Float64Array(2), [2, 1]),
      terminated: wireArray(new Uint8Array(2), [2, 1]),
      truncated: wireArray(new Uint8Array(2), [2, 1]),
      wasReset: wireArray(new Uint8Array(2), [2, 1]),
      'info/x': wireArray(Float64Array.of(1, 2), [2, 1]),
      'has/x': wireArray(Uint8Array.of(1, 0), [2, 1]),
    },
  }),
  valid('save', { type: 'save', request: 6, session, body: {} }),
  valid('saved', {
    type: 'saved',
    request: 6,
    session,
    body: {},
    arrays: { state: wireArray(new TextEncoder().encode('[{"x":1}]')) },
  }),
  valid('restore', {
    type: 'restore',
    request: 7,
    session,
    body: {},
    arrays: { state: wireArray(new TextEncoder().encode('[{"x":1}]')) },
  }),
  valid('render', { type: 'render', request: 8, session, body: { index: 0, width: 2, height: 1 } }),
  valid('frame', {
    type: 'frame',
    request: 8,
    session,
    body: {},
    arrays: { pixels: wireArray(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]) },
  }),
  valid('close', { type: 'close', request: 9, session, body: {} }),
  valid('closed', { type: 'closed', request: 9, session, body: {} }),
  valid('infer of one version', {
    type: 'infer',
    request: 1,
    body: { model: 'actor', version: 3 },
    arrays: { observations: wireArray(Float32Array.of(1, 2), [1, 2]) },
  }),
  valid('inferred', {
    type: 'inferred',
    request: 1,
    body: { model: 'actor', version: 3 },
    arrays: { outputs: wireArray(Float32Array.of(0.5), [1, 1]) },
  }),
  valid('published', { type: 'published', request: 2, body: { model: 'actor', version: 3 } }),
  valid('infer, an empty batch', {
    type: 'infer',
    request: 1,
    body: { model: 'actor' },
    arrays: { observations: wireArray(new Float32Array(0), [0, 4]) },
  }),
  valid('publish with every type', {
    type: 'publish',
    request: 2,
    body: { model: 'actor', version: 3, spec: { hidden: [64, 64] } },
    arrays: {
      u8: wireArray(Uint8Array.of(0, 255)),
      i8: wireArray(Int8Array.of(-128, 127)),
      u16: wireArray(Uint16Array.of(1, 65535)),
      i16: wireArray(Int16Array.of(-32768)),
      u32: wireArray(Uint32Array.of(4294967295)),
      i32: wireArray(Int32Array.of(-2147483648)),
      u64: wireArray(BigUint64Array.of(18446744073709551615n)),
      i64: wireArray(BigInt64Array.of(-9223372036854775808n)),
      'f32/nan': wireArray(Float32Array.of(Number.NaN, -1.5)),
      'f64.scalar': wireArray(Float64Array.of(0.1), []),
    },
  }),
];

/** A step of one sub-environment with one more array, of one number; and its data. */
function steppedWith(name, dtype, shape, data) {
  const five = [
    ['observations', 'f32', [1, 1]],
    ['rewards', 'f64', [1]],
    ['terminated', 'u8', [1]],
    ['truncated', 'u8', [1]],
    ['wasReset', 'u8', [1]],
  ];
  const head = { v: 1, t: 'stepped', q: 5, s: session, a: [...five, [name, dtype, shape]], b: {} };
  return [hex(encode(head)), '00'.repeat(40) + data];
}

const header = (fields) => hex(encode(fields));
const step = { v: 1, t: 'step', q: 5, s: session, a: [['actions', 'f32', [2, 1]]], b: {} };
const eight = '0000803f00000040';
const invalid = (name, code, frames) => ({ name, code, frames });
const nested = (depth) => 'c0'.padStart(2 + 2 * depth, '91');
/** A header whose parts follow in hex, so that it can be wrong in ways that an encoder isn't. */
const raw = (...parts) => parts.join('');
const vt = raw('a176', '01', 'a174', 'a470696e67');

const invalidVectors = [
  invalid('no frame', 'malformed', []),
  invalid('three frames', 'malformed', [header(step), eight, eight]),
  invalid('an empty header', 'malformed', ['']),
  invalid('a header that is no map', 'malformed', [header([1, 'ping'])]),
  invalid('a header that ends early', 'malformed', [header(step).slice(0, -2), eight]),
  invalid('bytes after the header', 'malformed', [`${header({ v: 1, t: 'ping', q: 0, b: {} })}00`]),
  invalid('a map that claims 4294967295 entries', 'malformed', ['dfffffffff']),
  invalid('an array that claims 2147483647 items', 'malformed', ['dd7fffffff']),
  invalid('a string that claims 2 GB', 'limit', [raw('81', 'db7fffffff', '61')]),
  invalid('a string that claims more than is there', 'malformed', [raw('81', 'd9ff', '6161')]),
  invalid('a binary in the header', 'malformed', [raw('84', vt, 'a171', '00', 'a162', '81', 'a178', 'c4020102')]),
  invalid('an extension in the header', 'malformed', [raw('84', vt, 'a171', '00', 'a162', 'd40100')]),
  invalid('a key twice', 'malformed', [raw('85', vt, 'a171', '00', 'a171', '01', 'a162', '80')]),
  invalid('a key that is a number', 'malformed', [raw('84', vt, 'a171', '00', '01', '80')]),
  invalid('a string that is no UTF-8', 'malformed', [raw('84', vt, 'a171', '00', 'a162', '81', 'a1ff', 'c0')]),
  invalid('an integer beyond 2^53', 'malformed', [raw('84', vt, 'a171', 'cfffffffffffffffff', 'a162', '80')]),
  invalid('a header nested 100 deep', 'limit', [raw('84', vt, 'a171', '00', 'a162', nested(100))]),
  invalid('no version', 'malformed', [header({ t: 'ping', q: 0, b: {} })]),
  invalid('version 2', 'version', [header({ v: 2, t: 'ping', q: 0, b: {} })]),
  invalid('version 2 with an unknown key', 'version', [header({ v: 2, t: 'hello', q: 0, b: {}, z: 1 })]),
  invalid('a version that is text', 'malformed', [header({ v: '1', t: 'ping', q: 0, b: {} })]),
  invalid('no type', 'malformed', [header({ v: 1, q: 0, b: {} })]),
  invalid('an unknown type', 'unknown-type', [header({ v: 1, t: 'explode', q: 0, b: {} })]),
  invalid('the name of an inherited property as type', 'unknown-type', [
    header({ v: 1, t: 'constructor', q: 0, b: {} }),
  ]),
  invalid('an unknown key in the header', 'malformed', [header({ v: 1, t: 'ping', q: 0, b: {}, z: 1 })]),
  invalid('a negative request', 'malformed', [header({ v: 1, t: 'ping', q: -1, b: {} })]),
  invalid('a request that is a fraction', 'malformed', [header({ v: 1, t: 'ping', q: 0.5, b: {} })]),
  invalid('no request where one is needed', 'malformed', [header({ v: 1, t: 'ping', b: {} })]),
  invalid('a session of the wrong length', 'malformed', [header({ v: 1, t: 'ping', q: 0, s: 'abc', b: {} })]),
  invalid('no session where one is needed', 'malformed', [
    header({ ...step, s: undefined }).replace('a173c0', ''),
    eight,
  ]),
  invalid('a session where none belongs', 'malformed', [header({ v: 1, t: 'list', q: 0, s: session, b: {} })]),
  invalid('no body', 'malformed', [header({ v: 1, t: 'ping', q: 0 })]),
  invalid('an unknown key in the body', 'malformed', [header({ v: 1, t: 'ping', q: 0, b: { x: 1 } })]),
  invalid('a body of the wrong types', 'malformed', [
    header({
      v: 1,
      t: 'make',
      q: 1,
      s: session,
      b: { id: 1, count: 1, options: {}, autoresetMode: 'next-step', infos: true },
    }),
  ]),
  invalid('a count of no environments', 'malformed', [
    header({
      v: 1,
      t: 'make',
      q: 1,
      s: session,
      b: { id: 'A', count: 0, options: {}, autoresetMode: 'next-step', infos: true },
    }),
  ]),
  invalid('an unknown autoreset mode', 'malformed', [
    header({
      v: 1,
      t: 'make',
      q: 1,
      s: session,
      b: { id: 'A', count: 1, options: {}, autoresetMode: 'never', infos: true },
    }),
  ]),
  invalid('arrays without a data frame', 'malformed', [header(step)]),
  invalid('a data frame without arrays', 'malformed', [header({ v: 1, t: 'ping', q: 0, b: {} }), eight]),
  invalid('a data frame that is too short', 'malformed', [header(step), '0000803f']),
  invalid('a data frame that is too long', 'malformed', [header(step), `${eight}${eight}`]),
  invalid('an array that claims 2^40 numbers', 'malformed', [
    header({ ...step, a: [['actions', 'f32', [1048576, 1048576]]] }),
    eight,
  ]),
  invalid('a shape whose product overflows', 'malformed', [
    header({ ...step, a: [['actions', 'f32', [9007199254740991, 9007199254740991]]] }),
    eight,
  ]),
  invalid('a negative length', 'malformed', [header({ ...step, a: [['actions', 'f32', [-2, 1]]] }), eight]),
  invalid('a rank of 9', 'malformed', [
    header({ ...step, a: [['actions', 'f32', [2, 1, 1, 1, 1, 1, 1, 1, 1]]] }),
    eight,
  ]),
  invalid('an unknown number type', 'malformed', [header({ ...step, a: [['actions', 'f16', [4, 1]]] }), eight]),
  invalid('another number type', 'malformed', [header({ ...step, a: [['actions', 'i32', [2, 1]]] }), eight]),
  invalid('another rank', 'malformed', [header({ ...step, a: [['actions', 'f32', [2]]] }), eight]),
  invalid('another array', 'malformed', [header({ ...step, a: [['moves', 'f32', [2, 1]]] }), eight]),
  invalid('an array twice', 'malformed', [
    header({
      ...step,
      a: [
        ['actions', 'f32', [1, 1]],
        ['actions', 'f32', [1, 1]],
      ],
    }),
    '0000803f000000000000803f00000000',
  ]),
  invalid('an array whose name is none', 'malformed', [header({ ...step, a: [['__proto__', 'f32', [2, 1]]] }), eight]),
  invalid('an info of another number type', 'malformed', steppedWith('info/x', 'f32', [1], '00'.repeat(8))),
  invalid('an info without a name', 'malformed', steppedWith('info/', 'f64', [1], '00'.repeat(8))),
  invalid('a group of infos that is none', 'malformed', steppedWith('infos/x', 'f64', [1], '00'.repeat(8))),
  invalid('a flag of another number type', 'malformed', steppedWith('flag/x', 'f64', [1], '00'.repeat(8))),
  invalid('an info without rows', 'malformed', steppedWith('info/x', 'f64', [], '00'.repeat(8))),
  invalid('a mask of rank 3', 'malformed', steppedWith('has/x', 'u8', [1, 1, 1], '00'.repeat(8))),
  invalid('infos where none belong', 'malformed', [
    header({ ...step, a: [...step.a, ['info/x', 'f64', [1]]] }),
    `${eight}${'00'.repeat(8)}`,
  ]),
  invalid('infos of steps that are no boolean', 'malformed', [
    header({
      v: 1,
      t: 'make',
      q: 1,
      s: session,
      b: { id: 'A', count: 1, options: {}, autoresetMode: 'next-step', infos: true, stepInfos: 1 },
    }),
  ]),
  invalid('padding that is not zero', 'malformed', [
    header({ ...step, a: [['actions', 'f32', [1, 1]]] }),
    '0000803f01000000',
  ]),
];

const write = (name, vectors) =>
  writeFileSync(new URL(`../vectors/${name}.json`, import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
write('valid', validVectors);
write('invalid', invalidVectors);
