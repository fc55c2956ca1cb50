import { expect, test } from 'vitest';
import { defaultRng, Generator, SeedSequence } from './index.ts';
import { hashOf, numpyFixture } from './testing/numpy-fixture.ts';

const fixture = numpyFixture();

function drawn<T extends Float64Array | Uint8Array>(out: T, fill: (out: T) => void): T {
  fill(out);
  return out;
}

test('scalar draws of every distribution follow NumPy draw for draw, and so does the state they leave', () => {
  for (const expected of fixture.streams) {
    const g = defaultRng(expected.seed);
    expect(expected.random.map(() => g.random())).toEqual(expected.random);
    expect(expected.uniform.map(() => g.uniform(-0.1, 0.1))).toEqual(expected.uniform);
    expect(expected.normal.map(() => g.standardNormal())).toEqual(expected.normal);
    expect(expected.located.map(() => g.normal(3, 0.1))).toEqual(expected.located);
    expect(expected.exponential.map(() => g.exponential(2.5))).toEqual(expected.exponential);
    expect(expected.digits.map(() => g.integers(0, 10))).toEqual(expected.digits);
    const mixed = [g.integers(7), g.random(), g.integers(-5, 5, { endpoint: true }), g.integers(1000)];
    expect(mixed).toEqual(expected.interleaved);
    expect(expected.wide.map(() => g.integers(-(2 ** 52), 2 ** 52))).toEqual(expected.wide);
    expect(expected.words.map(() => g.integers(0, 2 ** 32))).toEqual(expected.words);
    expect([...g.permutation(9)]).toEqual(expected.permutation);
    const { state, inc, hasUint32, uinteger } = g.getState();
    expect({ state: { state, inc }, hasUint32 }).toEqual({ state: expected.state, hasUint32: expected.hasUint32 });
    if (hasUint32) expect(uinteger).toBe(expected.uinteger);
  }
});

test('filled arrays follow NumPy through wedges and tails of the ziggurats and all widths of integers', () => {
  for (const expected of fixture.hashes) {
    const g = defaultRng(expected.seed);
    expect(hashOf(drawn(new Float64Array(20_000), (out) => g.fillRandom(out)))).toBe(expected.random);
    expect(hashOf(drawn(new Float64Array(300_000), (out) => g.fillStandardNormal(out)))).toBe(expected.normal);
    expect(hashOf(drawn(new Float64Array(200_000), (out) => g.fillExponential(out)))).toBe(expected.exponential);
    const kinds = [
      [Float64Array, expected.int64, 5_000],
      [Uint8Array, expected.int8, 4_999],
      [Uint16Array, expected.int16, 4_999],
      [Uint32Array, expected.int32, 4_999],
    ] as const;
    for (const [Kind, hashes, count] of kinds) {
      for (const [high, hash] of Object.entries(hashes)) {
        const out = new Kind(count);
        g.fillIntegers(out, 0, Number(high));
        expect([Kind.name, high, hashOf(out)]).toEqual([Kind.name, high, hash]);
      }
    }
    const signed = new Int8Array(4_999);
    g.fillIntegers(signed, -128, 128);
    expect(hashOf(signed)).toBe(expected.signed);
    expect(g.random()).toBe(expected.after);
  }
});

test('scaled fills are the scalar draws in order, rounded when the array is float32', () => {
  const [one, other] = [defaultRng(8), defaultRng(8)];
  const out = new Float32Array(4);
  one.fillUniform(out, -2, 5);
  expect([...out]).toEqual(Array.from({ length: 4 }, () => Math.fround(other.uniform(-2, 5))));
  one.fillNormal(out, 1, 3);
  expect([...out]).toEqual(Array.from({ length: 4 }, () => Math.fround(other.normal(1, 3))));
  one.fillExponential(out, 0.5);
  expect([...out]).toEqual(Array.from({ length: 4 }, () => Math.fround(other.exponential(0.5))));
});

test('choices follow NumPy with and without replacement, with and without probabilities', () => {
  for (const expected of fixture.choices) {
    const g = defaultRng(expected.seed);
    const p = expected.p;
    const once = { replace: false };
    expect(g.choice(10)).toBe(expected.one);
    expect(g.choice(6, { p })).toBe(expected.weightedOne);
    expect([...g.choiceIndices(10, 6)]).toEqual(expected.replaced);
    expect([...g.choiceIndices(6, 9, { p })]).toEqual(expected.weighted);
    expect([...g.choiceIndices(20, 8, once)]).toEqual(expected.without);
    expect([...g.choiceIndices(12, 12, once)]).toEqual(expected.all);
    expect([...g.choiceIndices(20, 8, { replace: false, shuffle: false })]).toEqual(expected.unshuffled);
    expect([...g.choiceIndices(6, 5, { replace: false, p })]).toEqual(expected.weightedWithout);
    expect([...g.choiceIndices(20_000, 100, once)]).toEqual(expected.largeFew);
    expect(hashOf(g.choiceIndices(12_000, 3_000, once))).toBe(expected.largeMany);
    expect(g.random()).toBe(expected.after);
  }
});

test('choices that cannot be made are refused', () => {
  const g = defaultRng(0);
  expect(() => g.choiceIndices(3, 4, { replace: false })).toThrow("Can't draw 4 of 3 without replacement");
  expect(() => g.choice(2, { p: [0.5, 0.6] })).toThrow('sum to 1.1');
  expect(() => g.choice(2, { p: [1] })).toThrow('1 probabilities for a population of 2');
  expect(() => g.choice(2, { p: [2, -1] })).toThrow('Probability 1 is -1');
  expect(() => g.choice(2, { p: [Number.NaN, 1] })).toThrow('Probability 0 is NaN');
  expect(() => g.choice([])).toThrow('The population is 0');
  expect(() => g.choiceIndices(3, 2, { replace: false, p: [1, 0, 0] })).toThrow('Only 1 probabilities are above 0');
});

test('an element is chosen and items are shuffled by the indices that NumPy draws', () => {
  const [one, other] = [defaultRng(3), defaultRng(3)];
  expect(one.choice(['a', 'b', 'c', 'd'])).toBe('abcd'[other.choice(4)]);
  const items = ['a', 'b', 'c', 'd', 'e'];
  one.shuffle(items);
  expect(items).toEqual([...other.permutation(5)].map((i) => 'abcde'[i]));
});

test('integers outside a range or without one are refused', () => {
  const g = defaultRng(0);
  expect(() => g.integers(0)).toThrow('The range [0, 0) holds no integers');
  expect(() => g.integers(3, 2, { endpoint: true })).toThrow('The range [3, 2] holds no integers');
  expect(() => g.integers(0, 1.5)).toThrow('safe integers');
  expect(() => g.integers(0, 2 ** 60)).toThrow('safe integers');
  expect(g.integers(4, 4, { endpoint: true })).toBe(4);
});

test('spawned generators draw what those of NumPy draw', () => {
  for (const { seed, children, grandchild } of fixture.spawned) {
    const g = new Generator(new SeedSequence(seed));
    const spawned = [...g.spawn(2), ...g.spawn(1)];
    expect(spawned.map((child) => child.random())).toEqual(children);
    expect(spawned[1].spawn(1)[0].random()).toBe(grandchild);
  }
});

test('a generator set to a saved state goes on as the saved one does, half-used words and children included', () => {
  const g = defaultRng([1, 2n ** 70n]);
  g.fillRandom(new Float64Array(5));
  g.integers(10);
  g.spawn(1);
  const restored = defaultRng(99);
  restored.setState(JSON.parse(JSON.stringify(g.getState())));
  for (const next of [(r: Generator) => r.integers(10), (r: Generator) => r.standardNormal()]) {
    expect(next(restored)).toBe(next(g));
  }
  expect(restored.spawn(1)[0].random()).toBe(g.spawn(1)[0].random());
  expect(() => restored.setState({ ...g.getState(), state: '0x12' })).toThrow('decimal strings');
});
