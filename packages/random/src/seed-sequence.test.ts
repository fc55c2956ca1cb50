import { expect, test } from 'vitest';
import { SeedSequence } from './seed-sequence.ts';
import { numpyFixture } from './testing/numpy-fixture.ts';

const { seed_sequences } = numpyFixture();

test('states equal those of NumPy for every kind of entropy, spawn key and pool size', () => {
  for (const { entropy, spawnKey, poolSize, uint32, uint64 } of seed_sequences) {
    const parsed = typeof entropy === 'string' ? BigInt(entropy) : entropy.map(BigInt);
    const sequence = new SeedSequence(parsed, { spawnKey, poolSize });
    expect([...sequence.generateState(7)]).toEqual(uint32);
    expect([...sequence.generateState(3, 'uint64')].map(String)).toEqual(uint64);
  }
});

test('numbers and bigints of the same value are the same entropy', () => {
  for (const seed of [0, 42, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    expect(new SeedSequence(seed).generateState(4)).toEqual(new SeedSequence(BigInt(seed)).generateState(4));
  }
});

test('children carry on their numbering over calls and over a saved state', () => {
  const sequence = new SeedSequence(7);
  expect(sequence.spawn(2).map((child) => child.spawnKey)).toEqual([[0], [1]]);
  const restored = SeedSequence.fromState(JSON.parse(JSON.stringify(sequence.getState())));
  expect(restored.spawn(1)[0].spawnKey).toEqual([2]);
  expect(restored.generateState(4)).toEqual(sequence.generateState(4));
});

test('a seed that is no non-negative integer is refused by value', () => {
  for (const seed of [-1, 1.5, Number.NaN, 2 ** 60, -3n]) {
    expect(() => new SeedSequence(seed)).toThrow(`The seed is ${seed}, expected a non-negative integer`);
  }
  expect(() => new SeedSequence(1, { poolSize: 3 })).toThrow('poolSize is 3');
});
