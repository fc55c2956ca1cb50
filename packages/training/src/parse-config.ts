import { InputError, nearestNames } from '@understudy/errors';
import type { z } from 'zod';

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param schema - A strict object schema: options it doesn't know are errors.
 * @param input - What the user gave; undefined entries count as absent.
 * @param algorithm - For errors: `PPO`.
 * @throws InputError naming the first wrong option, what was expected, and for unknown ones the nearest known.
 */
export function parseConfig<S extends z.ZodObject>(schema: S, input: object, algorithm: string): z.output<S> {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue.code === 'unrecognized_keys') throw unknownOption(issue.keys[0], Object.keys(schema.shape), algorithm);
  const name = issue.path.join('.');
  const value = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], given);
  const shown = value === undefined ? 'missing' : typeof value === 'number' ? String(value) : JSON.stringify(value);
  throw new InputError(`The ${algorithm} option ${name} is ${shown}, which is wrong (${issue.message}); correct it.`);
}

function unknownOption(name: string, known: readonly string[], algorithm: string): InputError {
  const nearest = nearestNames(name, known);
  const advice = nearest.length > 0 ? `did you mean ${nearest.join(' or ')}?` : `its options are ${known.join(', ')}.`;
  return new InputError(`${algorithm} has no option ${name}; ${advice}`);
}
