import { defaultRng } from '@understudy/random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkDemonstrations,
  type Demonstrations,
  digestDemonstrations,
  splitDemonstrations,
} from './demonstrations.ts';
import { linearDemonstrations } from './testing/toy-demonstrations.ts';

test('every transition is in one split, and whole episodes are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.nat(1000),
      (lengths, fraction, seed) => {
        const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length));
        const episodes = ends.map((end, i) => ({ start: end - lengths[i], end, complete: true }));
        const transitions = ends[ends.length - 1];
        const given = { ...linearDemonstrations(1, 1, 0), transitions, episodes };
        const { training, validation } = splitDemonstrations(given, fraction, defaultRng(seed));
        expect([...training, ...validation].sort((a, b) => a - b)).toEqual(
          Array.from({ length: transitions }, (_, row) => row),
        );
        if (transitions > 1) expect(training.length).toBeGreaterThan(0);
        if (fraction === 0) expect(validation).toHaveLength(0);
        if (episodes.length < 2) return;
        const held = new Set(validation);
        for (const { start: first, end } of episodes) {
          for (let row = first; row < end; row++) expect(held.has(row)).toBe(held.has(first));
        }
      },
    ),
  );
});

test('the validation share is reached, by rows where episodes are unknown', () => {
  const { episodes, ...given } = linearDemonstrations(10, 10, 0);
  expect(splitDemonstrations(given, 0.25, defaultRng(0)).validation).toHaveLength(25);
  expect(splitDemonstrations({ ...given, episodes }, 0.25, defaultRng(0)).validation).toHaveLength(30);
});

test('the fingerprint tells demonstrations apart', () => {
  const digest = digestDemonstrations(linearDemonstrations(2, 5, 1));
  expect(digestDemonstrations(linearDemonstrations(2, 5, 1))).toBe(digest);
  expect(digestDemonstrations(linearDemonstrations(2, 5, 2))).not.toBe(digest);
  expect(digestDemonstrations({ ...linearDemonstrations(2, 5, 1), episodes: [] })).not.toBe(digest);
});

test.each([
  [{ transitions: 0 }, /hold no transition/],
  [{ actionSize: 3 }, /actions are 20 numbers, but 10 transitions of 3 need 30/],
  [{ observations: new Float32Array(30).fill(Number.NaN, 7, 8) }, /observations hold NaN in row 2;/],
  [{ episodes: [{ start: 4, end: 11, complete: true }] }, /an episode of rows 4 to 11, but 10 transitions/],
])('%o is an error', (change: Partial<Demonstrations>, message) => {
  expect(() => checkDemonstrations({ ...linearDemonstrations(2, 5, 1), ...change })).toThrow(
    expect.objectContaining({ name: 'InputError', message: expect.stringMatching(message) }),
  );
});
