import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeySet } from './key-set.ts';

test('it takes every key once, as a set does', () => {
  // Small keys come again; large ones differ in their upper half alone.
  const key = fc.oneof(
    fc.nat(50),
    fc.maxSafeNat(),
    fc.nat(300).map((n) => n * 2 ** 32),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 500 }), (keys) => {
      const [ours, theirs] = [new KeySet(), new Set<number>()];
      for (const each of keys) {
        expect(ours.add(each)).toBe(!theirs.has(each));
        theirs.add(each);
        expect(ours.size).toBe(theirs.size);
      }
    }),
  );
});
