import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfig } from './parse-config.ts';

const schema = z.strictObject({
  steps: z.number().int().positive().default(10),
  learningRate: z.number().positive().default(0.1),
  sizes: z.array(z.number().int().positive()).default([64]),
});

test('defaults are filled in, and undefined counts as absent', () => {
  expect(parseConfig(schema, { steps: undefined, learningRate: 1 }, 'Test')).toEqual({
    steps: 10,
    learningRate: 1,
    sizes: [64],
  });
});

test.each([
  [{ lerningRate: 1 }, /^Test has no option lerningRate; did you mean learningRate\?$/],
  [{ zzz: 1 }, /^Test has no option zzz; its options are steps, learningRate, sizes\.$/],
  [{ steps: -1 }, /^The Test option steps is -1, .*\.$/],
  [{ steps: Number.NaN }, /^The Test option steps is NaN, .*\.$/],
  [{ learningRate: 'fast' }, /^The Test option learningRate is "fast", .*\.$/],
  [{ sizes: [64, 0] }, /^The Test option sizes\.1 is 0, .*\.$/],
])('%o is an error of one sentence', (input, message) => {
  expect(() => parseConfig(schema, input, 'Test')).toThrow(
    expect.objectContaining({ name: 'InputError', message: expect.stringMatching(message) }),
  );
});
