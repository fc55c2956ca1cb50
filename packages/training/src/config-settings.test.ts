import { expect, test } from 'vitest';
import { z } from 'zod';
import { withDefault } from './config-fields.ts';
import { listSettings } from './config-settings.ts';
import { offPolicyFields } from './off-policy/off-policy-config.ts';
import { onPolicyFields } from './on-policy/on-policy-config.ts';

test('settings are listed in their order, with defaults and descriptions', () => {
  const schema = z.strictObject({
    environment: z.string().describe('What to learn.'),
    sizes: z.array(z.number()).default([3]).describe('How large.'),
    limit: z.number().nullable().default(null).describe('How far.'),
  });
  expect(listSettings(schema)).toEqual([
    { name: 'environment', description: 'What to learn.', default: undefined },
    { name: 'sizes', description: 'How large.', default: [3] },
    { name: 'limit', description: 'How far.', default: null },
  ]);
});

test('a field without a description is refused, also when it lies under a default', () => {
  expect(() => listSettings(z.strictObject({ clip: z.number().describe('A bound.').default(1) }))).toThrow(
    'The setting clip has no description',
  );
});

test('another default leaves the rest of a field as it is', () => {
  const steps = withDefault(onPolicyFields.steps, 7);
  expect(steps.parse(undefined)).toBe(7);
  expect(steps.description).toBe(onPolicyFields.steps.description);
  expect(steps.safeParse(0).success).toBe(false);
  expect(onPolicyFields.steps.parse(undefined)).toBe(2048);
});

test.each([
  ['on-policy', onPolicyFields],
  ['off-policy', offPolicyFields],
])('the shared %s settings are all described', (_, fields) => {
  expect(listSettings(z.strictObject(fields))).toHaveLength(Object.keys(fields).length);
});
