import { expect, test } from 'vitest';
import { normalizeAdvantages } from './normalize-advantages.ts';

test('normalised advantages have mean 0 and deviation 1; equal ones become 0', () => {
  const advantages = Float32Array.of(1, 2, 3, 6);
  normalizeAdvantages(advantages);
  const deviation = Math.sqrt((4 + 1 + 0 + 9) / 4);
  advantages.forEach((value, i) => {
    expect(value).toBeCloseTo(([1, 2, 3, 6][i] - 3) / deviation, 5);
  });
  const equal = Float32Array.of(5, 5, 5);
  normalizeAdvantages(equal);
  expect([...equal]).toEqual([0, 0, 0]);
});
