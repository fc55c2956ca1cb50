import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputErrorOf } from '../testing/input-error.ts';
import { decodeSafetensors } from './decode.ts';
import { encodeSafetensors } from './encode.ts';
import { type Tensor, type TensorType, tensorOf, tensorTypes } from './tensor.ts';

/** What `safetensors.numpy.save` (Python, 0.8.0) writes for {@link content}. */
const fixtureHeader =
  '{"__metadata__":{"kind":"test \\"quoted\\""},' +
  '"é":{"dtype":"I64","shape":[],"data_offsets":[0,8]},' +
  '"10":{"dtype":"F64","shape":[2],"data_offsets":[8,24]},' +
  '"a.1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[24,48]},' +
  '"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[48,48]},' +
  '"ints":{"dtype":"I32","shape":[2,1],"data_offsets":[48,56]},' +
  '"bytes":{"dtype":"U8","shape":[3],"data_offsets":[56,59]},' +
  '"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[59,62]}}';
const fixtureBody =
  '0700000000000000' +
  '000000000000f83f00000000000004c0' +
  '000000000000003f0000803f0000c03f0000004000002040' +
  'ffffffff02000000' +
  '0102ff' +
  '010001';
const fixture = Buffer.concat([
  Buffer.from('c801000000000000', 'hex'),
  Buffer.from(fixtureHeader),
  Buffer.from(fixtureBody, 'hex'),
]);

const content: [string, Tensor][] = [
  ['flags', { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['a.1.weight', tensorOf(Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5), [2, 3])],
  ['bytes', tensorOf(Uint8Array.of(1, 2, 255))],
  ['10', tensorOf(Float64Array.of(1.5, -2.5))],
  ['é', tensorOf(BigInt64Array.of(7n), [])],
  ['empty', tensorOf(new Float32Array(0), [0, 3])],
  ['ints', tensorOf(Int32Array.of(-1, 2), [2, 1])],
];
const metadata = { kind: 'test "quoted"' };

test("the bytes are those of the format's own writer, in whatever order the tensors come", () => {
  expect(Buffer.from(encodeSafetensors(content, metadata)).equals(fixture)).toBe(true);
  expect(Buffer.from(encodeSafetensors(content.toReversed(), metadata)).equals(fixture)).toBe(true);
});

test("the format's own bytes are read, also from an odd address", () => {
  const shifted = new Uint8Array(fixture.length + 1);
  shifted.set(fixture, 1);
  const decoded = decodeSafetensors(shifted.subarray(1), 'fixture');
  expect(decoded.metadata).toEqual(metadata);
  expect(Object.fromEntries(decoded.tensors)).toEqual(Object.fromEntries(content));
});

test('metadata keys are sorted, the header padded, and every tensor aligned', () => {
  const bytes = encodeSafetensors([['x', tensorOf(Uint8Array.of(1))]], { b: '2', a: '1' });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(header).toMatch(/^\{"__metadata__":\{"a":"1","b":"2"\},"x":\{.*\}\} *$/);
  expect(length % 8).toBe(0);
});

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...tensorTypes), fc.array(fc.nat(4), { maxLength: 3 }), fc.infiniteStream(fc.nat()))
  .map(([dtype, shape, numbers]) => makeTensor(dtype, shape, numbers));

function makeTensor(dtype: TensorType, shape: number[], numbers: Iterator<number>): Tensor {
  const next = () => numbers.next().value as number;
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (dtype === 'BOOL') return { dtype, shape, data: Uint8Array.from({ length }, () => next() % 2) };
  if (dtype === 'U8') return tensorOf(Uint8Array.from({ length }, next), shape);
  if (dtype === 'I32') return tensorOf(Int32Array.from({ length }, next), shape);
  if (dtype === 'I64')
    return tensorOf(
      BigInt64Array.from({ length }, () => -BigInt(next()) << 20n),
      shape,
    );
  if (dtype === 'F32')
    return tensorOf(
      Float32Array.from({ length }, () => next() / 7),
      shape,
    );
  return tensorOf(
    Float64Array.from({ length }, () => next() / 7),
    shape,
  );
}

const name = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => text !== '__metadata__');

test('whatever is written is read back', () => {
  fc.assert(
    fc.property(fc.dictionary(name, tensor), fc.dictionary(name, name), (tensors, texts) => {
      const bytes = encodeSafetensors(Object.entries(tensors), texts);
      const decoded = decodeSafetensors(bytes, 'round trip');
      expect([...decoded.tensors].sort()).toEqual(Object.entries(tensors).sort());
      expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(texts).sort());
    }),
  );
});

/** Decodes, and tells whether the bytes were accepted or refused in one sentence; anything else is an error. */
function accepts(bytes: Uint8Array): boolean {
  const refusal = inputErrorOf(() => decodeSafetensors(bytes, 'model.safetensors'));
  if (refusal !== undefined) expect(refusal).toMatch(/^model\.safetensors .*\.$/);
  return refusal === undefined;
}

test('damaged files are read or refused, never more', () => {
  const header = fc.nat(fixture.length - 63);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(header, fc.nat(fixture.length - 1)), fc.nat(255)), { maxLength: 4 }),
      fc.option(fc.nat(fixture.length - 1)),
      (changes, end) => {
        const damaged = Uint8Array.from(fixture);
        for (const [at, value] of changes) damaged[at] = value;
        const accepted = accepts(damaged.subarray(0, end ?? damaged.length));
        if (end !== null) expect(accepted).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});

/** A file of the given header and as many zero bytes. */
function fileOf(header: unknown, bodyLength: number, headerLength?: number): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = Buffer.alloc(8 + text.length + bodyLength);
  bytes.writeBigUInt64LE(BigInt(headerLength ?? text.length));
  text.copy(bytes, 8);
  return bytes;
}

const good = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };

test('the well-formed neighbour of the malformed files below is accepted', () => {
  expect(accepts(fileOf({ x: good }, 8))).toBe(true);
  expect(accepts(fileOf({}, 0))).toBe(true);
  expect(accepts(fileOf({ __metadata__: { a: 'b' }, x: good }, 8))).toBe(true);
  expect(accepts(fileOf(`${JSON.stringify({ x: good })}   `, 8))).toBe(true);
});

test('a false header length is told from a short file', () => {
  const refusal = (length: number) => inputErrorOf(() => decodeSafetensors(fileOf({ x: good }, 8, length), 'file'));
  expect(refusal(100_000_001)).toMatch(/claims 100000001 bytes, more than 100000000/);
  expect(refusal(100_000_000)).toMatch(/claims 100000000 bytes, more than the file has/);
});

/** Well-formed but for one byte in a text. */
const notUtf8 = Buffer.from(fileOf({ __metadata__: { a: '~' } }, 0));
notUtf8[notUtf8.indexOf('~')] = 0xff;

test.each<[string, Uint8Array]>([
  ['an empty file', new Uint8Array(0)],
  ['only a length', Buffer.alloc(8)],
  ['a header longer than the file', fileOf({ x: good }, 8, 1000)],
  ['a header of exabytes', fileOf({ x: good }, 8, 2 ** 62)],
  ['a header that is an array', fileOf([], 0)],
  ['a header that begins with space', fileOf(` ${JSON.stringify({ x: good })}`, 8)],
  ['a header that is not UTF-8', notUtf8],
  ['a body too short', fileOf({ x: good }, 7)],
  ['a body too long', fileOf({ x: good }, 9)],
  ['an unknown type', fileOf({ x: { ...good, dtype: 'F8' } }, 8)],
  ['a type from the prototype', fileOf({ x: { ...good, dtype: 'constructor' } }, 8)],
  ['no type', fileOf({ x: { shape: [2], data_offsets: [0, 8] } }, 8)],
  ['a shape that is too large', fileOf({ x: { ...good, shape: [3] } }, 8)],
  ['a negative shape', fileOf({ x: { ...good, shape: [-1, -2] } }, 8)],
  ['a fractional shape', fileOf({ x: { ...good, shape: [0.5, 4] } }, 8)],
  ['a shape that overflows', fileOf({ x: { ...good, shape: [2 ** 52, 2 ** 52, 2] } }, 8)],
  ['a shape of text', fileOf({ x: { ...good, shape: '2' } }, 8)],
  ['offsets backwards', fileOf({ x: { ...good, data_offsets: [8, 0] } }, 8)],
  ['three offsets', fileOf({ x: { ...good, data_offsets: [0, 8, 8] } }, 8)],
  ['overlapping tensors', fileOf({ x: good, y: { ...good, data_offsets: [4, 12] } }, 12)],
  ['the same bytes twice', fileOf({ x: good, y: good }, 8)],
  ['a hole', fileOf({ x: good, y: { ...good, data_offsets: [12, 20] } }, 20)],
  ['a duplicate key', fileOf(`{"x":${JSON.stringify(good)},"x":${JSON.stringify(good)}}`, 16)],
  ['a tensor that is null', fileOf({ x: null }, 0)],
  ['metadata that is not text', fileOf({ __metadata__: { a: 1 } }, 0)],
  ['metadata that is a list', fileOf({ __metadata__: ['a'] }, 0)],
  [
    'a boolean of 2',
    Buffer.concat([fileOf({ x: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }, 0), Buffer.of(2)]),
  ],
])('refused: %s', (_, bytes) => {
  expect(accepts(bytes)).toBe(false);
});

test('names of object members are plain names', () => {
  const bytes = encodeSafetensors([['__proto__', tensorOf(Uint8Array.of(1))]], JSON.parse('{"__proto__":"text"}'));
  const decoded = decodeSafetensors(bytes, 'file');
  expect(decoded.tensors.get('__proto__')?.data).toEqual(Uint8Array.of(1));
  expect(Object.entries(decoded.metadata)).toEqual([['__proto__', 'text']]);
});

test.each<[string, [string, Tensor][], Record<string, string>]>([
  ['a reserved name', [['__metadata__', tensorOf(Uint8Array.of(1))]], {}],
  ['half a surrogate pair', [['\ud800', tensorOf(Uint8Array.of(1))]], {}],
  ['two of a name', [1, 2].map(() => ['x', tensorOf(Uint8Array.of(1))]), {}],
  ['a wrong shape', [['x', tensorOf(Uint8Array.of(1), [2])]], {}],
  ['a negative shape', [['x', tensorOf(Uint8Array.of(1, 1), [-1, -2])]], {}],
  ['a boolean of 2', [['x', { dtype: 'BOOL', shape: [1], data: Uint8Array.of(2) }]], {}],
  ['metadata of half a pair', [], { a: '\ud800' }],
])('not written: %s', (_, tensors, texts) => {
  expect(inputErrorOf(() => encodeSafetensors(tensors, texts))).toBeDefined();
});
