import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Box, Dict, Discrete, MultiBinary, MultiDiscrete, type Space, Tuple } from '../index.ts';
import { gymnasiumFixture, sampleSeeds } from '../testing/gymnasium-fixture.ts';

const infinity = Number.POSITIVE_INFINITY;

const spaces: Record<string, Space> = {
  unit: new Box({ low: -1, high: 1, shape: [6] }),
  unbounded: new Box<Float64Array>({ low: -infinity, high: infinity, shape: [5], dtype: 'float64' }),
  mixed: new Box({ low: [-1, -infinity, 0, -infinity], high: [2, infinity, infinity, 3] }),
  narrow: new Box({ low: -0.4, high: 0.4, shape: [2, 3] }),
  bytes: new Box<Uint8Array>({ low: 0, high: 255, shape: [2, 3], dtype: 'uint8' }),
  signed: new Box<Int8Array>({ low: -128, high: 127, shape: [40], dtype: 'int8' }),
  integers: new Box<Int32Array>({ low: -3, high: 7, shape: [4], dtype: 'int32' }),
  discrete: new Discrete(5),
  shifted: new Discrete(3, { start: -1 }),
  multiDiscrete: new MultiDiscrete([2, 5, 3]),
  multiDiscreteFrom: new MultiDiscrete([2, 5], { start: [1, -3] }),
  multiBinary: new MultiBinary(11),
  multiBinaryMatrix: new MultiBinary([3, 2]),
  dict: new Dict({ b: new Discrete(4), a: new Box({ low: 0, high: 1, shape: [2] }) }),
  tuple: new Tuple([new Discrete(4), new Dict({ x: new MultiBinary(3), y: new Discrete(2) })]),
};

/** Typed arrays as plain ones, at any depth. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Float32Array)];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Matrices as rows in a row, the form that elements have here. */
function withoutShape(value: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(value[0]) && typeof value[0][0] === 'number') return value.flat();
  return value;
}

function flattened(space: Space, element: unknown): Float64Array {
  const flat = new Float64Array(space.flatSize);
  space.flattenInto(element, flat, 0);
  return flat;
}

test.each(gymnasiumFixture().spaces)('$name samples, prints and flattens as in Gymnasium', (expected) => {
  const space = spaces[expected.name];
  for (const [i, seed] of sampleSeeds.entries()) {
    space.seed(seed);
    for (const sample of expected.samples[i]) {
      const drawn = space.sample();
      expect(plain(drawn)).toEqual(expected.name === 'tuple' ? sample : withoutShape(sample));
      expect(space.contains(drawn)).toBe(true);
    }
  }
  // NumPy pads the columns of arrays that are not uniform.
  if (!['mixed', 'multiDiscreteFrom'].includes(expected.name)) expect(String(space)).toBe(expected.text);
  expect(plain(flattened(space, space.unflatten(Float64Array.from(expected.flatOfLast))))).toEqual(expected.flatOfLast);
  const last = space.unflatten(Float64Array.from(expected.flatOfLast));
  const sample = expected.samples.at(-1)!.at(-1);
  expect(plain(last)).toEqual(expected.name === 'tuple' ? sample : withoutShape(sample));
});

test('flattening and unflattening any sample gives it back, at any offset', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(spaces)), fc.nat(), fc.nat(9), (space, seed, offset) => {
      space.seed(seed);
      const sample = space.sample();
      const flat = new Float64Array(space.flatSize + offset + 1).fill(9);
      space.flattenInto(sample, flat, offset);
      expect(plain(space.unflatten(flat.subarray(offset, -1)))).toEqual(plain(sample));
      expect([...flat.subarray(0, offset), flat.at(-1)]).toEqual(new Array(offset + 1).fill(9));
    }),
  );
});

test('a box holds arrays of its type, size and bounds', () => {
  const box = new Box({ low: [-1, 0], high: [1, infinity] });
  expect(box.contains(new Float32Array([1, 1e30]))).toBe(true);
  expect(box.contains(new Float32Array([1.5, 0]))).toBe(false);
  expect(box.contains(new Float32Array([0, -0.1]))).toBe(false);
  expect(box.contains(new Float32Array([Number.NaN, 0]))).toBe(false);
  expect(box.contains(new Float32Array(3))).toBe(false);
  expect(box.contains(new Float64Array(2))).toBe(false);
  expect(box.contains([0, 0])).toBe(false);
  const double = new Box<Float64Array>({ low: 0, high: 1, dtype: 'float64' });
  expect(double.contains(new Float32Array(1))).toBe(true);
  expect([box.isBounded('below'), box.isBounded('above'), box.isBounded()]).toEqual([true, false, false]);
});

test('boxes with contradicting bounds are refused', () => {
  expect(() => new Box({ low: 1, high: [2, 0] })).toThrow('low 1 and high 0 at index 1; low must not exceed high');
  expect(() => new Box({ low: [0, 0], high: 1, shape: [3] })).toThrow('shape (3,) has 2 numbers as low');
  expect(() => new Box({ low: Number.NaN, high: 1 })).toThrow("low NaN at index 0, which float32 can't hold");
  expect(() => new Box<Uint8Array>({ low: 0, high: 256, dtype: 'uint8' })).toThrow('high 256');
});

test('discrete spaces hold their values alone and refuse senseless counts', () => {
  const shifted = new Discrete(3, { start: -1 });
  expect([-2, -1, 1, 2, 0.5, '0'].map((value) => shifted.contains(value))).toEqual([
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
  const several = new MultiDiscrete([2, 3], { start: [0, 5] });
  expect(several.contains(new Int32Array([1, 7]))).toBe(true);
  expect(several.contains(new Int32Array([1, 8]))).toBe(false);
  expect(several.contains(new Int32Array([1]))).toBe(false);
  expect(new MultiBinary(2).contains(new Int8Array([0, 2]))).toBe(false);
  expect(() => new Discrete(0)).toThrow('Discrete has n 0');
  expect(() => new MultiDiscrete([2, 0.5])).toThrow('counts [2,0.5]');
  expect(() => new MultiDiscrete([2], { start: [1, 2] })).toThrow('1 counts and 2 starts');
  expect(() => new MultiBinary([2, 0])).toThrow('shape [2,0]');
});

test('composed spaces hold elements with all their parts', () => {
  const { dict, tuple } = spaces;
  dict.seed(0);
  const { a, b } = dict.sample() as { a: Float32Array; b: number };
  expect(dict.contains({ a, b })).toBe(true);
  expect(dict.contains({ a })).toBe(false);
  expect(dict.contains({ a, b, c: 1 })).toBe(false);
  expect(dict.contains({ a, b: 9 })).toBe(false);
  expect(tuple.contains([1])).toBe(false);
  expect(tuple.contains(null)).toBe(false);
});
